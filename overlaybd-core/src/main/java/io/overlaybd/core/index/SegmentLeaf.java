package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;
import java.util.Arrays;
import java.util.List;

/** Ordered, disjoint segments as two arrays of words. Immutable. */
final class SegmentLeaf extends SegmentNode {

    static final SegmentLeaf EMPTY = new SegmentLeaf(new long[0], new long[0]);

    private final long[] low;
    private final long[] high;

    private SegmentLeaf(long[] low, long[] high) {
        this.low = low;
        this.high = high;
    }

    @Override
    int slots() {
        return low.length;
    }

    @Override
    int segments() {
        return low.length;
    }

    @Override
    long startSector() {
        return SegmentMapping.offsetSectors(low[0]);
    }

    @Override
    long endSector() {
        return SegmentMapping.endSectors(low[low.length - 1]);
    }

    long low(int i) {
        return low[i];
    }

    long high(int i) {
        return high[i];
    }

    @Override
    SegmentLeaf leafEndingAfter(long sector) {
        return this;
    }

    /** The position of the first segment that ends after the sector, the number of segments if there is none. */
    int firstEndingAfter(long sector) {
        int first = 0;
        int last = low.length;
        while (first < last) {
            int middle = (first + last) >>> 1;
            if (SegmentMapping.endSectors(low[middle]) <= sector) {
                first = middle + 1;
            } else {
                last = middle;
            }
        }
        return first;
    }

    @Override
    void replace(long fromSector, long toSector, long newLow, long newHigh, List<SegmentNode> out) {
        int head = firstEndingAfter(fromSector);
        int tail = firstEndingAfter(toSector);
        long[] lows = Arrays.copyOf(low, low.length + 2);
        long[] highs = Arrays.copyOf(high, high.length + 2);
        int n = head;
        if (head < low.length && SegmentMapping.offsetSectors(low[head]) < fromSector) {
            long offset = SegmentMapping.offsetSectors(low[head]);
            lows[n++] = SegmentMapping.low(offset, (int) (fromSector - offset));
        }
        int inserted = n;
        if (SegmentMapping.lengthSectors(newLow) > 0) {
            lows[n] = newLow;
            highs[n++] = newHigh;
        }
        if (tail < low.length && SegmentMapping.offsetSectors(low[tail]) < toSector) {
            long cutOff = toSector - SegmentMapping.offsetSectors(low[tail]);
            lows[n] = SegmentMapping.low(toSector, (int) (SegmentMapping.endSectors(low[tail]) - toSector));
            highs[n++] = SegmentMapping.advance(high[tail++], cutOff);
        }
        System.arraycopy(low, tail, lows, n, low.length - tail);
        System.arraycopy(high, tail, highs, n, low.length - tail);
        emit(lows, highs, n + low.length - tail, inserted, out);
    }

    private static void emit(long[] lows, long[] highs, int count, int inserted, List<SegmentNode> out) {
        if (count == 0) {
            return;
        }
        if (count <= MAX_SLOTS) {
            out.add(new SegmentLeaf(Arrays.copyOf(lows, count), Arrays.copyOf(highs, count)));
            return;
        }
        int half = splitAt(count, inserted);
        out.add(new SegmentLeaf(Arrays.copyOf(lows, half), Arrays.copyOf(highs, half)));
        out.add(new SegmentLeaf(Arrays.copyOfRange(lows, half, count), Arrays.copyOfRange(highs, half, count)));
    }

    @Override
    SegmentNode join(SegmentNode next) {
        SegmentLeaf other = (SegmentLeaf) next;
        long[] lows = Arrays.copyOf(low, low.length + other.low.length);
        long[] highs = Arrays.copyOf(high, lows.length);
        System.arraycopy(other.low, 0, lows, low.length, other.low.length);
        System.arraycopy(other.high, 0, highs, high.length, other.high.length);
        return new SegmentLeaf(lows, highs);
    }
}
