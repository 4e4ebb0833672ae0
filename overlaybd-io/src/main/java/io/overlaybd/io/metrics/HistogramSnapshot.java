package io.overlaybd.io.metrics;

/** What a {@link Histogram} held at one moment, or what it gained between two. Immutable. */
public final class HistogramSnapshot {

    /** Nothing recorded. */
    public static final HistogramSnapshot EMPTY = new HistogramSnapshot(new long[Histogram.bounds() + 1], 0);

    private final long[] counts;
    private final long sumNanos;

    HistogramSnapshot(long[] counts, long sumNanos) {
        this.counts = counts;
        this.sumNanos = sumNanos;
    }

    /** How many buckets there are; the last has no bound. */
    public int buckets() {
        return counts.length;
    }

    /** The longest latency of a bucket, in nanoseconds; {@link Long#MAX_VALUE} of the last. */
    public long boundNanos(int bucket) {
        return bucket == counts.length - 1 ? Long.MAX_VALUE : Histogram.boundNanos(bucket);
    }

    /** How many latencies fell into a bucket, and into no lower one. */
    public long count(int bucket) {
        return counts[bucket];
    }

    /** How many latencies were recorded. */
    public long count() {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        return total;
    }

    /** The sum of all latencies, in nanoseconds. */
    public long sumNanos() {
        return sumNanos;
    }

    /** Both together. */
    public HistogramSnapshot plus(HistogramSnapshot other) {
        return combined(other, 1);
    }

    /** What came since an earlier snapshot of the same histogram. */
    public HistogramSnapshot since(HistogramSnapshot earlier) {
        return combined(earlier, -1);
    }

    private HistogramSnapshot combined(HistogramSnapshot other, int sign) {
        long[] combined = counts.clone();
        for (int bucket = 0; bucket < combined.length; bucket++) {
            combined[bucket] += sign * other.counts[bucket];
        }
        return new HistogramSnapshot(combined, sumNanos + sign * other.sumNanos);
    }

    /**
     * A latency, in nanoseconds, that this share of all does not exceed: evenly spread within its bucket, as nobody knows better; of
     * what exceeds all bounds the highest bound. 0 if nothing was recorded.
     *
     * @param share from 0 to 1, such as 0.99
     */
    public long quantileNanos(double share) {
        double rank = share * count();
        long below = 0;
        for (int bucket = 0; bucket < counts.length - 1; bucket++) {
            if (counts[bucket] > 0 && below + counts[bucket] >= rank) {
                long low = bucket == 0 ? 0 : Histogram.boundNanos(bucket - 1);
                double within = (rank - below) / counts[bucket];
                return low + (long) (within * (Histogram.boundNanos(bucket) - low));
            }
            below += counts[bucket];
        }
        return counts[counts.length - 1] > 0 ? Histogram.boundNanos(counts.length - 2) : 0;
    }
}
