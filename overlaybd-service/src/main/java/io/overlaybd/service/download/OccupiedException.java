package io.overlaybd.service.download;

import java.io.IOException;
import java.nio.file.Path;

/** Another process has the partial file. */
final class OccupiedException extends IOException {

    private static final long serialVersionUID = 1L;

    OccupiedException(Path partial) {
        super(partial + ": another process downloads into it; its end is waited for");
    }
}
