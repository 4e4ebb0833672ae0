package io.overlaybd.service.download;

import io.overlaybd.io.NoSpaceException;
import io.overlaybd.io.sys.SystemCallException;
import io.overlaybd.registry.RegistryException;
import java.io.IOException;

/** What a failure means for a download. */
enum Setback {
    /** It was told to end. */
    STOPPED(false),
    /** The disk is full: it may have space later. */
    NO_SPACE(false),
    /** Another process downloads into the same directory. */
    OCCUPIED(false),
    /** The registry does not answer, or not now: it may later. */
    AWAY(false),
    /** Other bytes than those of the digest. */
    WRONG_BYTES(true),
    /** What waiting alone does not mend. */
    OTHER(true);

    private final boolean counts;

    Setback(boolean counts) {
        this.counts = counts;
    }

    /** Whether it uses up one of the attempts. */
    boolean counts() {
        return counts;
    }

    static Setback of(IOException failure) {
        if (failure instanceof StoppedException) {
            return STOPPED;
        }
        if (failure instanceof WrongDigestException) {
            return WRONG_BYTES;
        }
        if (failure instanceof OccupiedException) {
            return OCCUPIED;
        }
        if (failure instanceof RegistryException registry) {
            return switch (registry.kind()) {
                case UNAVAILABLE, RATE_LIMITED -> AWAY;
                case UNAUTHORIZED, FORBIDDEN, NOT_FOUND, PROTOCOL, TLS -> OTHER;
            };
        }
        boolean full = failure instanceof NoSpaceException
                || failure instanceof SystemCallException call && call.isOutOfSpace();
        return full ? NO_SPACE : OTHER;
    }
}
