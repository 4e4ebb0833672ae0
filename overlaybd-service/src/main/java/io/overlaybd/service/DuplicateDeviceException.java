package io.overlaybd.service;

import java.io.IOException;

/** A device id that an open image has already. The message is that of the original, which the result file repeats. */
public final class DuplicateDeviceException extends IOException {

    private static final long serialVersionUID = 1L;

    DuplicateDeviceException(String devId) {
        super("duplicated dev id: " + devId);
    }
}
