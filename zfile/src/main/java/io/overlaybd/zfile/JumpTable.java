package io.overlaybd.zfile;

/**
 * Where each block begins in the file. The index holds lengths; adding them up once gives an offset by two loads.
 *
 * <p>Blocks come in groups of 64 KiB of plain bytes. A group has its offset in full (8 bytes), a block its distance from
 * the start of its group (2 bytes): 2.5 bytes a block of 4 KiB. Blocks of 64 KiB are groups of their own and need no
 * distance.
 *
 * <p>Immutable.
 */
final class JumpTable {

    private final int blockCount;
    private final int groupShift;
    private final LongColumn groupStarts;
    private final CharColumn distances;

    /** Takes over both columns, which have an entry for the end of the last block too. */
    JumpTable(int blockCount, int groupShift, LongColumn groupStarts, CharColumn distances) {
        this.blockCount = blockCount;
        this.groupShift = groupShift;
        this.groupStarts = groupStarts;
        this.distances = distances;
    }

    int blockCount() {
        return blockCount;
    }

    /** Byte of the file where a block begins; of {@link #blockCount()}, where the last one ends. */
    long offsetBytes(int block) {
        long groupStart = groupStarts.get(block >>> groupShift);
        return groupShift == 0 ? groupStart : groupStart + distances.get(block);
    }

    /**
     * The end (exclusive) of the longest run of blocks from {@code first} on and up to {@code end} that lies within {@code
     * spanBytes} of the file. One block always does.
     */
    int runEnd(int first, int end, int spanBytes) {
        long limit = offsetBytes(first) + spanBytes;
        if (offsetBytes(end) <= limit) {
            return end;
        }
        int fits = first + 1;
        int tooLong = end;
        while (tooLong - fits > 1) {
            int middle = fits + tooLong >>> 1;
            if (offsetBytes(middle) <= limit) {
                fits = middle;
            } else {
                tooLong = middle;
            }
        }
        return fits;
    }
}
