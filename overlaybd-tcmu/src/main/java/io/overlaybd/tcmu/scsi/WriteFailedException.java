package io.overlaybd.tcmu.scsi;

import java.io.IOException;

/** The device could not be changed, for the reason that is the cause. */
final class WriteFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    WriteFailedException(IOException cause) {
        super(cause.toString(), cause);
    }
}
