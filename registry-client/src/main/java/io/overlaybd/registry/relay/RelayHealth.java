package io.overlaybd.registry.relay;

import java.time.Duration;

/**
 * Whether a relay is worth a request. Who fails is left alone for a second, then for twice as long each time, up to a minute; when
 * that is over one request may try, and the others go elsewhere until it is known what came of it.
 *
 * <pre>
 *  works  --failed-->  left alone  --time-->  one tries  --succeeded-->  works
 *                          ^                      |
 *                          +-------failed---------+
 * </pre>
 *
 * Thread-safe: guarded by this.
 */
final class RelayHealth {

    private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(60).toNanos();

    private long pauseNanos; // zero while it works
    private long aloneUntilNanos;
    private boolean tried;

    /** Whether to send a request now; who is told yes says later what came of it. */
    synchronized boolean admit(long nowNanos) {
        if (pauseNanos == 0) {
            return true;
        }
        if (tried || aloneUntilNanos - nowNanos > 0) {
            return false;
        }
        tried = true;
        return true;
    }

    synchronized void succeeded() {
        pauseNanos = 0;
        tried = false;
    }

    /** Failures of requests that were under way when the first one failed count for nothing. */
    synchronized void failed(long nowNanos) {
        tried = false;
        if (pauseNanos == 0 || aloneUntilNanos - nowNanos <= 0) {
            pauseNanos = pauseNanos == 0 ? FIRST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
            aloneUntilNanos = nowNanos + pauseNanos;
        }
    }

    /** The request says nothing about the relay. */
    synchronized void released() {
        tried = false;
    }

    synchronized boolean works() {
        return pauseNanos == 0;
    }
}
