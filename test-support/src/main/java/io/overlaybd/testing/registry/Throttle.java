package io.overlaybd.testing.registry;

import java.util.concurrent.TimeUnit;

/**
 * One rate for all that passes. Who would have to wait for less than a timer can measure does not wait, and a wait that was too
 * long is made good, so that the rate holds on a busy machine too. Thread-safe: guarded by this.
 */
final class Throttle {

    private static final long SHORTEST_WAIT_NANOS = 2_000_000;
    private static final long CREDIT_NANOS = 10_000_000;

    private volatile long bitsPerSecond;
    private long nextNanos = System.nanoTime();

    /** Zero for no limit. */
    void set(long bitsPerSecond) {
        this.bitsPerSecond = bitsPerSecond;
    }

    /** Waits until so many bytes may have passed. */
    void pass(int bytes) throws InterruptedException {
        long rate = bitsPerSecond;
        if (rate <= 0) {
            return;
        }
        long untilNanos;
        synchronized (this) {
            long now = System.nanoTime();
            nextNanos = Math.max(nextNanos, now - CREDIT_NANOS) + bytes * 8L * TimeUnit.SECONDS.toNanos(1) / rate;
            untilNanos = nextNanos - now;
        }
        if (untilNanos >= SHORTEST_WAIT_NANOS) {
            TimeUnit.NANOSECONDS.sleep(untilNanos);
        }
    }
}
