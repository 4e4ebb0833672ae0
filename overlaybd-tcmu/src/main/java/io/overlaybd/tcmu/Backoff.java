package io.overlaybd.tcmu;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before something is tried again: each time twice as long, up to a bound, and never exactly as long as others
 * that failed at the same moment. Immutable.
 */
record Backoff(int attempt) {

    /** Before the second attempt. */
    static final Backoff FIRST = new Backoff(0);

    private static final int FIRST_MILLIS = 500;
    private static final int LAST_DOUBLING = 6; // 32 s
    private static final int JITTER_DIVISOR = 4;

    Backoff next() {
        return attempt == LAST_DOUBLING ? this : new Backoff(attempt + 1);
    }

    Duration delay() {
        int millis = FIRST_MILLIS << attempt;
        return Duration.ofMillis(millis + ThreadLocalRandom.current().nextInt(millis / JITTER_DIVISOR));
    }
}
