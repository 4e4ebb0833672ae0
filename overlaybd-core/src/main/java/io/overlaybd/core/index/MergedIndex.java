package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;
import java.util.List;

/**
 * What a stack of layers reads as: ascending, disjoint segments, each with the layer that it is in. An upper layer hides
 * what lies below it, with data and with zeros alike; what no segment covers is a hole.
 *
 * <p>Every read of the device begins here, so a lookup allocates nothing: ask {@link #firstEndingAfter} for a position,
 * then walk upwards while {@link #offsetSectors} is before the end of what is wanted:
 *
 * <pre>{@code
 * for (int i = index.firstEndingAfter(from); i < index.size() && index.offsetSectors(i) < to; i++) {
 *     long start = Math.max(from, index.offsetSectors(i));
 *     long end = Math.min(to, index.endSectors(i));
 *     ... index.isZeroed(i) ? zeros : index.mappedSector(i) + start - index.offsetSectors(i) in the file of index.tag(i)
 * }
 * }</pre>
 *
 * <p>Memory: two words a segment, plus at most eight bytes for {@link SegmentSearch}. In a stack of more than 256 layers two
 * of the eight are a tag of 16 bits, as the 8 bits in the word are too few.
 *
 * <p>Immutable, so any thread may read it.
 */
public final class MergedIndex {

    /** The most segments of an index in memory. */
    public static final int MAX_SEGMENTS = 128_000_000;
    /** The most layers of a stack. */
    public static final int MAX_LAYERS = Character.MAX_VALUE;

    private static final int BUCKETS_PER_SEGMENT = 2;
    private static final int BUCKETS_PER_WIDE_SEGMENT = 1;

    private final long[] low;
    private final long[] high;
    private final char[] wideTags;
    private final int size;
    private final SegmentSearch search;

    private MergedIndex(Run run) {
        low = run.low();
        high = run.high();
        wideTags = run.wideTags();
        size = run.size();
        long maxBuckets = (long) size * (wideTags == null ? BUCKETS_PER_SEGMENT : BUCKETS_PER_WIDE_SEGMENT);
        search = new SegmentSearch(low, size, maxBuckets);
    }

    /**
     * Merges layers. The tag of a segment is its layer's position in the list: 0 is the top.
     *
     * @throws TooManySegmentsException if more than {@link #MAX_SEGMENTS} pieces come out
     * @throws IllegalArgumentException if there is no layer or more than {@link #MAX_LAYERS}
     */
    public static MergedIndex merge(List<LayerIndex> topFirst) throws TooManySegmentsException {
        return merge(topFirst, MAX_SEGMENTS);
    }

    static MergedIndex merge(List<LayerIndex> topFirst, int limit) throws TooManySegmentsException {
        if (topFirst.isEmpty() || topFirst.size() > MAX_LAYERS) {
            throw new IllegalArgumentException("layers: expected 1 to " + MAX_LAYERS + ", found " + topFirst.size());
        }
        return new MergedIndex(SegmentMerger.merge(topFirst, limit));
    }

    /**
     * The same with one more layer on top, which gets tag 0; all other tags are one more than here.
     *
     * @throws TooManySegmentsException if more than {@link #MAX_SEGMENTS} pieces come out
     * @throws IllegalArgumentException if there are {@link #MAX_LAYERS} already
     */
    public MergedIndex withTop(LayerIndex top, int layersHere) throws TooManySegmentsException {
        if (layersHere >= MAX_LAYERS) {
            throw new IllegalArgumentException("layers: expected at most " + MAX_LAYERS + ", found one more");
        }
        boolean wide = layersHere + 1 > Run.NARROW_LAYERS;
        Run upper = Run.ofLayer(top, 0);
        return new MergedIndex(SegmentMerger.merge(upper, pushedDown(wide), MAX_SEGMENTS, wide));
    }

    private Run pushedDown(boolean wide) {
        long[] pushedHigh = new long[size];
        char[] pushedTags = wide ? new char[size] : null;
        for (int i = 0; i < size; i++) {
            long place = SegmentMapping.untagged(high[i]);
            pushedHigh[i] = wide ? place : place | SegmentMapping.tagBits(tag(i) + 1);
            if (wide) {
                pushedTags[i] = (char) (tag(i) + 1);
            }
        }
        return new Run(low, pushedHigh, pushedTags, size, 0);
    }

    /** How many segments there are. */
    public int size() {
        return size;
    }

    /** The position of the first segment that ends after the sector, {@link #size()} if there is none. */
    public int firstEndingAfter(long sector) {
        return search.firstEndingAfter(sector);
    }

    /** First sector of the segment at position {@code i}. */
    public long offsetSectors(int i) {
        return SegmentMapping.offsetSectors(low[i]);
    }

    /** The sector after the segment at position {@code i}. */
    public long endSectors(int i) {
        return SegmentMapping.endSectors(low[i]);
    }

    /** Sectors of the segment at position {@code i}. */
    public int lengthSectors(int i) {
        return SegmentMapping.lengthSectors(low[i]);
    }

    /** Whether the segment at position {@code i} reads as zeros, with nothing stored. */
    public boolean isZeroed(int i) {
        return SegmentMapping.isZeroed(high[i]);
    }

    /** Where the bytes of the segment at position {@code i} begin, in sectors of its layer's file. */
    public long mappedSector(int i) {
        return SegmentMapping.mappedSector(high[i]);
    }

    /** Which layer the segment at position {@code i} is in: 0 is the top. */
    public int tag(int i) {
        return wideTags == null ? SegmentMapping.tag(high[i]) : wideTags[i];
    }

    /** What the lookup costs in memory beyond the segments themselves. */
    long lookupBytes() {
        return search.tableBytes();
    }
}
