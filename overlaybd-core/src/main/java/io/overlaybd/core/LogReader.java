package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks the records of an index file, from the first to the first that cannot be one. Thread-confined.
 */
final class LogReader {

    private static final int PIECE_BYTES = 64 * 1024;

    /** Decides on records, one after the other. */
    @FunctionalInterface
    interface RecordVisitor {
        /** Takes a record, or answers false if it cannot be one; padding is not shown. */
        boolean take(long low, long high);
    }

    private final LayerFile file;
    private long goodEndBytes = LayerHeader.BYTES;
    private long settledEndBytes = LayerHeader.BYTES;

    LogReader(LayerFile file) {
        this.file = file;
    }

    /** Where the first record begins that cannot be one; the end of the last whole record if all can. */
    long goodEndBytes() {
        return goodEndBytes;
    }

    /** Where the provisional records begin that no settled one follows. */
    long settledEndBytes() {
        return settledEndBytes;
    }

    /** Shows the records that end before a byte. */
    void read(long toBytes, RecordVisitor visitor) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        boolean good = true;
        while (good && toBytes - goodEndBytes >= SegmentMapping.BYTES) {
            long whole = (toBytes - goodEndBytes) / SegmentMapping.BYTES * SegmentMapping.BYTES;
            file.readFully(goodEndBytes, piece.clear().limit((int) Math.min(PIECE_BYTES, whole)));
            piece.flip();
            while (good && piece.hasRemaining()) {
                good = take(visitor, piece.getLong(), piece.getLong());
            }
        }
    }

    private boolean take(RecordVisitor visitor, long low, long high) {
        boolean padding = SegmentMapping.offsetSectors(low) == SegmentMapping.INVALID_OFFSET_SECTORS;
        boolean good = padding
                || SegmentMapping.endSectors(low) <= SegmentMapping.INVALID_OFFSET_SECTORS
                        && visitor.take(low, SegmentMapping.untagged(high));
        if (good) {
            goodEndBytes += SegmentMapping.BYTES;
            settledEndBytes = ProvisionalRecords.isOne(high) ? settledEndBytes : goodEndBytes;
        }
        return good;
    }
}
