package io.overlaybd.service.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * Reads through one place, measured as the original does: bytes and reads a second, and the longest latency of the last seconds.
 * Thread-safe; the monitor guards what a look changes, and the longest latencies.
 */
public final class Flow {

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long WINDOW_NANOS = 5 * SECOND_NANOS;

    private final LongAdder reads = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private long window; // which five seconds
    private long longestNanos; // in this window
    private long longestBeforeNanos; // in the one before
    private Look last = new Look(System.nanoTime(), 0, 0, 0, 0);

    /**
     * What was seen at one moment.
     *
     * @param bytesPerSecond since the look before
     */
    record Look(long nanos, long reads, long bytes, double readsPerSecond, double bytesPerSecond) {}

    /** A read that did not wait. */
    public void passed(long readBytes) {
        reads.increment();
        bytes.add(readBytes);
    }

    /** A read that may have waited. */
    public void passed(long readBytes, long nanos) {
        passed(readBytes);
        noteLatency(nanos, System.nanoTime() / WINDOW_NANOS);
    }

    private synchronized void noteLatency(long nanos, long now) {
        moveOn(now);
        longestNanos = Math.max(longestNanos, nanos);
    }

    private void moveOn(long now) {
        if (now != window) {
            longestBeforeNanos = now == window + 1 ? longestNanos : 0;
            longestNanos = 0;
            window = now;
        }
    }

    /** The longest latency of the present and the last five seconds. */
    synchronized long longestNanos() {
        moveOn(System.nanoTime() / WINDOW_NANOS);
        return Math.max(longestNanos, longestBeforeNanos);
    }

    /** Rates since the last look, but not over less than a second: then they are those of the last look. */
    synchronized Look look() {
        long now = System.nanoTime();
        double seconds = (double) (now - last.nanos) / SECOND_NANOS;
        if (seconds >= 1) {
            long readsNow = reads.sum();
            long bytesNow = bytes.sum();
            last = new Look(
                    now, readsNow, bytesNow, (readsNow - last.reads) / seconds, (bytesNow - last.bytes) / seconds);
        }
        return last;
    }

    long bytes() {
        return bytes.sum();
    }
}
