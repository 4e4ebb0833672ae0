package io.overlaybd.io.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Latencies in fixed buckets: recording one is two additions, and allocates nothing. Thread-safe; a snapshot that is taken while
 * others record may lack a part of what they do.
 */
public final class Histogram {

    private static final long MICRO = 1000;
    private static final long MILLI = 1000 * MICRO;
    private static final long SECOND = 1000 * MILLI;

    /** Upper bounds in nanoseconds, each included; what is longer goes into one more bucket. */
    private static final long[] BOUNDS = {
        10 * MICRO,
        20 * MICRO,
        50 * MICRO,
        100 * MICRO,
        200 * MICRO,
        500 * MICRO,
        MILLI,
        2 * MILLI,
        5 * MILLI,
        10 * MILLI,
        20 * MILLI,
        50 * MILLI,
        100 * MILLI,
        200 * MILLI,
        500 * MILLI,
        SECOND,
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        30 * SECOND
    };

    private static final int SUM = BOUNDS.length + 1;

    /** The buckets, then the sum in nanoseconds. */
    private final AtomicLongArray cells = new AtomicLongArray(SUM + 1);

    static int bounds() {
        return BOUNDS.length;
    }

    static long boundNanos(int bucket) {
        return BOUNDS[bucket];
    }

    /** Counts one latency; a negative one, of a clock that went backwards, as nothing at all. */
    public void record(long nanos) {
        record(nanos, 1);
    }

    /** Counts the same latency several times. */
    public void record(long nanos, int times) {
        long atLeastZero = Math.max(0, nanos);
        int bucket = 0;
        while (bucket < BOUNDS.length && atLeastZero > BOUNDS[bucket]) {
            bucket++;
        }
        cells.getAndAdd(bucket, times);
        cells.getAndAdd(SUM, atLeastZero * times);
    }

    /** What was recorded so far. */
    public HistogramSnapshot snapshot() {
        long[] counts = new long[SUM];
        for (int bucket = 0; bucket < SUM; bucket++) {
            counts[bucket] = cells.get(bucket);
        }
        return new HistogramSnapshot(counts, cells.get(SUM));
    }
}
