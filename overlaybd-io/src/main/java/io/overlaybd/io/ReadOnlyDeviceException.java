package io.overlaybd.io;

import java.io.IOException;

/** Somebody wants to write to a device that is only read. */
public final class ReadOnlyDeviceException extends IOException {

    private static final long serialVersionUID = 1L;

    /** {@code device} is its name. */
    public ReadOnlyDeviceException(String device) {
        super(device + ": is read-only");
    }
}
