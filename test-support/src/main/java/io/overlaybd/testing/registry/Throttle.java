package io.overlaybd.testing.registry;

import java.util.concurrent.TimeUnit;

/** One rate for all that passes. Thread-safe: guarded by this. */
final class Throttle {

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
            nextNanos = Math.max(nextNanos, now) + bytes * 8L * TimeUnit.SECONDS.toNanos(1) / rate;
            untilNanos = nextNanos - now;
        }
        TimeUnit.NANOSECONDS.sleep(untilNanos);
    }
}
