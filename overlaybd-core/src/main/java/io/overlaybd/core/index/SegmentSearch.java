package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;

/**
 * Finds the first segment that ends after a sector.
 *
 * <p>The addresses from the first segment's start to the last one's end are cut into equal buckets, a power of two of
 * sectors each, and for every bucket a table holds the first segment that ends after the bucket's start. Two neighbouring
 * entries bound a search; with about as many buckets as segments, on an evenly filled device one or two steps are left of it.
 *
 * <p>As long as all segments fit the processor's own cache, the search within the window has no branches to mispredict.
 * Beyond that branches win, since guessing them fetches memory ahead; and there, where segments crowd into so few buckets that
 * the table would save fewer than two steps on average, it costs more than it brings and is not kept.
 *
 * <p>Immutable.
 */
final class SegmentSearch {

    private static final int BRANCH_FREE_SEGMENTS = 1 << 16;
    private static final int STEPS_WORTH_A_TABLE = 2;
    private static final int[] NO_TABLE = {};

    private final long[] low;
    private final int size;
    private final long baseSector;
    private final int shift;
    private final int[] firstOfBucket;

    /** Over {@code size} ordered segments, with at most {@code maxBuckets} buckets. */
    SegmentSearch(long[] low, int size, long maxBuckets) {
        this.low = low;
        this.size = size;
        if (size == 0) {
            baseSector = 0;
            shift = 0;
            firstOfBucket = NO_TABLE;
            return;
        }
        baseSector = SegmentMapping.offsetSectors(low[0]);
        long lastSector = SegmentMapping.endSectors(low[size - 1]) - 1 - baseSector;
        int bits = 0;
        while (lastSector >>> bits >= maxBuckets) {
            bits++;
        }
        shift = bits;
        int[] table = fill(new int[(int) (lastSector >>> bits) + 2]);
        firstOfBucket = size <= BRANCH_FREE_SEGMENTS || savesSteps(table) ? table : NO_TABLE;
    }

    private int[] fill(int[] table) {
        int bucket = 0;
        for (int i = 0; i < size; i++) {
            long end = SegmentMapping.endSectors(low[i]) - baseSector;
            while (bucket < table.length && (long) bucket << shift < end) {
                table[bucket++] = i;
            }
        }
        table[table.length - 1] = size;
        return table;
    }

    private boolean savesSteps(int[] table) {
        long stepsOfAll = 0;
        for (int bucket = 0; bucket + 1 < table.length; bucket++) {
            int window = table[bucket + 1] - table[bucket];
            stepsOfAll += (long) window * steps(window);
        }
        return stepsOfAll <= (long) size * (steps(size) - STEPS_WORTH_A_TABLE);
    }

    private static int steps(int window) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(window);
    }

    /** The position of the first segment that ends after the sector, the number of segments if there is none. */
    int firstEndingAfter(long sector) {
        int[] table = firstOfBucket;
        if (table.length == 0) {
            return search(0, size, sector);
        }
        long relative = sector - baseSector;
        if (relative < 0) {
            return 0;
        }
        long bucket = relative >>> shift;
        if (bucket >= table.length - 1) {
            return size;
        }
        return search(table[(int) bucket], table[(int) bucket + 1], sector);
    }

    /** The answer is known to be {@code from} to {@code to}, both included. */
    private int search(int from, int to, long sector) {
        return size <= BRANCH_FREE_SEGMENTS ? searchBranchFree(from, to, sector) : searchBranching(from, to, sector);
    }

    /** The sign of {@code end - 1 - sector} is the comparison: all bits set if the segment ends at or before the sector. */
    private int searchBranchFree(int from, int to, long sector) {
        int first = from;
        for (int left = to - from; left > 0; ) {
            int half = (left + 1) >>> 1;
            long end = SegmentMapping.endSectors(low[first + half - 1]);
            first += half & (int) (end - 1 - sector >> Long.SIZE - 1);
            left -= half;
        }
        return first;
    }

    private int searchBranching(int from, int to, long sector) {
        int first = from;
        int last = to;
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

    int tableBytes() {
        return firstOfBucket.length * Integer.BYTES;
    }
}
