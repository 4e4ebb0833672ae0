package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;

/**
 * Narrows a search: the addresses from the first segment's start to the last one's end are cut into equal buckets, a power
 * of two of sectors each, and for every bucket the table holds the first segment that ends after the bucket's start. With
 * about as many buckets as segments, an evenly filled device has the answer in one or two steps. Where everything is
 * crowded into few buckets the window is long and the search in it is the plain binary search, at the price of one table
 * access more. Immutable.
 */
final class BucketTable {

    private final long baseSector;
    private final int shift;
    private final int[] firstOfBucket;

    /** Over {@code size} ordered segments, at least one, with at most {@code maxBuckets} buckets, at least one. */
    BucketTable(long[] low, int size, long maxBuckets) {
        baseSector = SegmentMapping.offsetSectors(low[0]);
        long lastSector = SegmentMapping.endSectors(low[size - 1]) - 1 - baseSector;
        int bits = 0;
        while (lastSector >>> bits >= maxBuckets) {
            bits++;
        }
        shift = bits;
        firstOfBucket = new int[(int) (lastSector >>> bits) + 2];
        fill(low, size);
    }

    private void fill(long[] low, int size) {
        int bucket = 0;
        for (int i = 0; i < size; i++) {
            long end = SegmentMapping.endSectors(low[i]) - baseSector;
            while (bucket < firstOfBucket.length && (long) bucket << shift < end) {
                firstOfBucket[bucket++] = i;
            }
        }
        firstOfBucket[firstOfBucket.length - 1] = size;
    }

    /** The first segment that ends after the sector, {@code size} if there is none. */
    int firstEndingAfter(long sector, long[] low, int size) {
        long relative = sector - baseSector;
        if (relative < 0) {
            return 0;
        }
        long bucket = relative >>> shift;
        if (bucket >= firstOfBucket.length - 1) {
            return size;
        }
        int from = firstOfBucket[(int) bucket];
        int to = firstOfBucket[(int) bucket + 1];
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (SegmentMapping.endSectors(low[middle]) <= sector) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    int bytes() {
        return firstOfBucket.length * Integer.BYTES;
    }
}
