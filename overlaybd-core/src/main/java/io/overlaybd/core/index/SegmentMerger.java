package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;
import java.util.List;

/**
 * Merges layers. Two neighbouring groups are merged at a time, so n segments in m layers cost O(n log m). What remains
 * of a segment does not depend on the grouping: it is the segment without everything that lies above it, cut into as few
 * pieces as possible, never joined with a neighbour. That is also what the original's recursion gives.
 *
 * <p>One object is one merge of two groups: a sweep over the upper one, which is emitted whole, with the lower one showing
 * through the gaps. Thread-confined.
 */
final class SegmentMerger {

    private final Run lower;
    private final SegmentBuffer out;
    private final int limit;
    private final long lowerTagBits;
    private int nextLower;

    private SegmentMerger(Run lower, SegmentBuffer out, int limit, boolean wideTags) {
        this.lower = lower;
        this.out = out;
        this.limit = limit;
        this.lowerTagBits = wideTags ? 0 : SegmentMapping.tagBits(lower.tag());
    }

    /** Merges layers, top first, each tagged with its position. */
    static Run merge(List<LayerIndex> topFirst, int limit) throws TooManySegmentsException {
        return merge(topFirst, 0, topFirst.size(), limit, topFirst.size() > Run.NARROW_LAYERS);
    }

    private static Run merge(List<LayerIndex> topFirst, int from, int to, int limit, boolean wideTags)
            throws TooManySegmentsException {
        if (to - from == 1) {
            return Run.ofLayer(topFirst.get(from), from);
        }
        int middle = (from + to) >>> 1;
        Run upper = merge(topFirst, from, middle, limit, wideTags);
        return merge(upper, merge(topFirst, middle, to, limit, wideTags), limit, wideTags);
    }

    /** Merges two groups, which carry their tags or are one layer each. */
    static Run merge(Run upper, Run lower, int limit, boolean wideTags) throws TooManySegmentsException {
        long atMost = 2L * upper.size() + lower.size();
        SegmentBuffer out = new SegmentBuffer((int) Math.min(limit, atMost), wideTags);
        new SegmentMerger(lower, out, limit, wideTags).sweep(upper, wideTags);
        return out.toRun();
    }

    private void sweep(Run upper, boolean wideTags) throws TooManySegmentsException {
        long tagBits = wideTags ? 0 : SegmentMapping.tagBits(upper.tag());
        long shownFrom = 0;
        for (int i = 0; i < upper.size(); i++) {
            long low = upper.low()[i];
            showLower(shownFrom, SegmentMapping.offsetSectors(low));
            emit(low, upper.high()[i] | tagBits, upper.wideTag(i));
            shownFrom = SegmentMapping.endSectors(low);
        }
        showLower(shownFrom, Long.MAX_VALUE);
    }

    /** Emits what the lower group has in a gap of the upper one. */
    private void showLower(long fromSectors, long toSectors) throws TooManySegmentsException {
        while (nextLower < lower.size()) {
            long low = lower.low()[nextLower];
            long offset = Math.max(SegmentMapping.offsetSectors(low), fromSectors);
            if (offset >= toSectors) {
                return;
            }
            long end = SegmentMapping.endSectors(low);
            if (offset < end) {
                emitPiece(low, offset, Math.min(end, toSectors));
            }
            if (end > toSectors) {
                return;
            }
            nextLower++;
        }
    }

    private void emitPiece(long low, long offset, long end) throws TooManySegmentsException {
        long high = lower.high()[nextLower] | lowerTagBits;
        long cutOff = offset - SegmentMapping.offsetSectors(low);
        emit(
                SegmentMapping.low(offset, (int) (end - offset)),
                SegmentMapping.advance(high, cutOff),
                lower.wideTag(nextLower));
    }

    private void emit(long low, long high, int wideTag) throws TooManySegmentsException {
        if (out.size() >= limit) {
            throw new TooManySegmentsException("merged index", limit);
        }
        out.add(low, high, wideTag);
    }
}
