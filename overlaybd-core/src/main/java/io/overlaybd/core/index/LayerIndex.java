package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;
import java.util.List;

/**
 * The segments of one layer: ascending, disjoint, none empty, all with tag 0. 16 bytes a segment. Immutable, so any
 * thread may read it.
 */
public final class LayerIndex {

    private final long[] low;
    private final long[] high;
    private final int size;

    private LayerIndex(Run run) {
        this.low = run.low();
        this.high = run.high();
        this.size = run.size();
    }

    /** An index of these segments, which must be in order; padding and empty ones are left out, tags dropped. */
    public static LayerIndex of(List<SegmentMapping> segments) {
        Builder builder = new Builder(segments.size());
        segments.forEach(segment -> builder.add(segment.low(), segment.high()));
        return builder.build();
    }

    /** How many segments there are. */
    public int size() {
        return size;
    }

    /** The segment at a position, ascending. */
    public SegmentMapping get(int i) {
        return SegmentMapping.of(low[i], high[i]);
    }

    /** The low word of the segment at a position. */
    public long low(int i) {
        return low[i];
    }

    /** The high word of the segment at a position. */
    public long high(int i) {
        return high[i];
    }

    /**
     * The same with neighbours joined, as {@link SegmentCoalescer} joins them; {@code resource} is for the message if there are
     * more than {@code limit} then.
     */
    public LayerIndex joined(String resource, int limit) throws TooManySegmentsException {
        int joined = join(null);
        if (joined > limit) {
            throw new TooManySegmentsException(resource, limit);
        }
        SegmentBuffer segments = SegmentBuffer.ofExactly(joined);
        join(segments);
        return new LayerIndex(segments.toRun());
    }

    /** Joins neighbours, into a buffer if there is one; answers how many segments come out. */
    private int join(SegmentBuffer out) {
        int count = 0;
        for (int i = 0; i < size; count++) {
            long joinedLow = low[i];
            long joinedHigh = high[i];
            for (i++; i < size && SegmentCoalescer.continues(joinedLow, joinedHigh, low[i], high[i]); i++) {
                joinedLow += SegmentMapping.low(0, SegmentMapping.lengthSectors(low[i]));
            }
            if (out != null) {
                out.add(joinedLow, joinedHigh);
            }
        }
        return count;
    }

    long[] low() {
        return low;
    }

    long[] high() {
        return high;
    }

    /** Takes segments in ascending order. Thread-confined. */
    public static final class Builder {

        private final SegmentBuffer segments;
        private long endSectors;

        /** For up to {@code maxSegments}; memory is taken as they come. */
        public Builder(int maxSegments) {
            segments = new SegmentBuffer(maxSegments, false);
        }

        private Builder(SegmentBuffer segments) {
            this.segments = segments;
        }

        /** For so many, which are known to be there: memory for all is taken at once, and no more. */
        static Builder ofExactly(int count) {
            return new Builder(SegmentBuffer.ofExactly(count));
        }

        /** The sector after the last segment so far: the next one must not begin before it. */
        public long endSectors() {
            return endSectors;
        }

        /**
         * Adds one segment as its two words; leaves it out if it is padding or empty.
         *
         * @throws IllegalArgumentException if it begins before {@link #endSectors()}
         */
        public Builder add(long lowWord, long highWord) {
            if (SegmentMapping.offsetSectors(lowWord) == SegmentMapping.INVALID_OFFSET_SECTORS) {
                return this;
            }
            if (SegmentMapping.offsetSectors(lowWord) < endSectors) {
                throw new IllegalArgumentException("segment at sector " + SegmentMapping.offsetSectors(lowWord)
                        + " begins before the end of the one before it, " + endSectors);
            }
            endSectors = SegmentMapping.endSectors(lowWord);
            if (SegmentMapping.lengthSectors(lowWord) > 0) {
                segments.add(lowWord, SegmentMapping.untagged(highWord));
            }
            return this;
        }

        /** The index; the builder must not be used any more. */
        public LayerIndex build() {
            return new LayerIndex(segments.toRun());
        }
    }
}
