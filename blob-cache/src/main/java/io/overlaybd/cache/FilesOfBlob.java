package io.overlaybd.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * The files of one open blob, which need not be there: a disk that refused when the blob was opened may be well again, and a
 * blob may be open for months. Thread-safe.
 */
final class FilesOfBlob {

    /** Where there are none, it is tried so often to make some. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Supplier<UnitFiles> opener;
    private final InstantSource clock;
    private volatile UnitFiles files; // changes once, from null
    private Instant nextOpening; // guarded by this, as is the change of files
    private boolean ended; // guarded by this

    /**
     * @param files null if the disk refuses
     * @param opener makes empty ones; null if the disk refuses
     */
    FilesOfBlob(UnitFiles files, Supplier<UnitFiles> opener, InstantSource clock) {
        this.files = files;
        this.opener = opener;
        this.clock = clock;
        this.nextOpening = clock.instant().plus(PAUSE);
    }

    /** Null while there can be none: then everything passes through. */
    UnitFiles now() {
        return files;
    }

    /** {@link #now}, for who needs them and may wait for the disk. */
    UnitFiles nowOrOpened() {
        return files != null ? files : openAgain();
    }

    private synchronized UnitFiles openAgain() {
        Instant now = clock.instant();
        if (files == null && !ended && !now.isBefore(nextOpening)) {
            files = opener.get();
            nextOpening = now.plus(PAUSE);
        }
        return files;
    }

    /** From now on none are made; answers those that are to be closed, null if there are none. */
    synchronized UnitFiles end() {
        ended = true;
        return files;
    }
}
