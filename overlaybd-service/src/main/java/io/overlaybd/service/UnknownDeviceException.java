package io.overlaybd.service;

import java.io.IOException;

/** A device id that no open image has. */
public final class UnknownDeviceException extends IOException {

    private static final long serialVersionUID = 1L;

    UnknownDeviceException(String devId) {
        super("no image is open under the device id " + devId);
    }
}
