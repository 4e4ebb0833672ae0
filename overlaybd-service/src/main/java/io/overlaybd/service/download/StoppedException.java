package io.overlaybd.service.download;

import java.io.IOException;

/** The download was told to end. */
final class StoppedException extends IOException {

    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("stopped");
    }
}
