package io.overlaybd.io;

import java.io.IOException;

/** What is to be written finds no room where a device keeps it; there may be some later. */
public final class NoSpaceException extends IOException {

    private static final long serialVersionUID = 1L;

    /** The message is that of the cause, which names the file. */
    public NoSpaceException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
