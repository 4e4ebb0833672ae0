package io.overlaybd.service;

import io.overlaybd.registry.RegistryException;
import io.overlaybd.registry.RegistryException.Kind;
import java.io.IOException;
import java.time.Duration;

/**
 * How long which failures of a registry are borne. Answers that make no sense may come from something in between that will be
 * mended, or from a registry that will never do better: a minute is for them. Not worth waiting for are damaged bytes, failures
 * of this machine, and blobs that the registry says it does not have. Immutable.
 *
 * @param limit of all there is to bear
 * @param senselessLimit of answers that make no sense, one after the other
 * @param evenIfRefused whether to wait for credentials to become right
 */
record Patience(Duration limit, Duration senselessLimit, boolean evenIfRefused) {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** With the usual limit for answers that make no sense. */
    Patience(Duration limit, boolean evenIfRefused) {
        this(limit, MINUTE, evenIfRefused);
    }

    /** A read begins. */
    Trial begin() {
        return new Trial();
    }

    /** What one read goes through. Thread-confined. */
    final class Trial {

        private final long beginNanos = System.nanoTime();
        private boolean senseless; // the last answer
        private long senselessNanos; // since when

        /** Whether to try again after a failure. */
        boolean goesOn(IOException failure) {
            Kind kind = kindOf(failure);
            boolean before = senseless;
            senseless = kind == Kind.PROTOCOL;
            if (senseless && !before) {
                senselessNanos = System.nanoTime();
            }
            return isWorthWaiting(kind)
                    && isWithin(limit, beginNanos)
                    && !(senseless && !isWithin(senselessLimit, senselessNanos));
        }

        /** How long it has been. */
        long millis() {
            return Duration.ofNanos(System.nanoTime() - beginNanos).toMillis();
        }
    }

    private static boolean isWithin(Duration limit, long fromNanos) {
        return Duration.ofNanos(System.nanoTime() - fromNanos).compareTo(limit) < 0;
    }

    /** Null if it was no registry. */
    private static Kind kindOf(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RegistryException registry) {
                return registry.kind();
            }
        }
        return null;
    }

    private boolean isWorthWaiting(Kind kind) {
        return kind != null
                && switch (kind) {
                    case UNAVAILABLE, RATE_LIMITED, TLS, PROTOCOL -> true;
                    case UNAUTHORIZED, FORBIDDEN -> evenIfRefused;
                    case NOT_FOUND -> false;
                };
    }
}
