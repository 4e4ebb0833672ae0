package io.overlaybd.service.download;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Spreads bytes over time. Who comes is told how long to wait and counts at once, so that several share one rate; after a
 * silence as much as a tenth of a second's worth may go at once. Guarded by the monitor, which nobody holds while waiting.
 */
final class Throttle {

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long BURST_NANOS = NANOS_PER_SECOND / 10;

    private final LongSupplier nanoTime;
    private long bytesPerSecond;
    private long freeAtNanos;

    /** A throttle of this rate, 0 for none, over a clock as {@link System#nanoTime()}. */
    Throttle(long bytesPerSecond, LongSupplier nanoTime) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.freeAtNanos = nanoTime.getAsLong() - BURST_NANOS;
    }

    /** Counts from the next bytes on. */
    synchronized void setRate(long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    /** Books bytes that are about to be moved; answers for how many nanoseconds to wait before that. */
    synchronized long book(int bytes) {
        long now = nanoTime.getAsLong();
        if (bytesPerSecond <= 0) {
            freeAtNanos = now - BURST_NANOS;
            return 0;
        }
        long startNanos = freeAtNanos - (now - BURST_NANOS) > 0 ? freeAtNanos : now - BURST_NANOS;
        freeAtNanos = startNanos + (long) ((double) bytes / bytesPerSecond * NANOS_PER_SECOND);
        return Math.max(0, startNanos - now);
    }
}
