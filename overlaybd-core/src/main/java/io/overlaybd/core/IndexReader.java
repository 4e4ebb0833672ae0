package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the index of a sealed layer:
 *
 * <pre>
 *  layer = header  data...  index  slack  trailer
 *          4096    512 * n  16 * index_size
 * </pre>
 *
 * It comes in pieces, each entry is checked as it comes, and the first bad one ends it: a false count costs neither memory
 * nor time beyond what the file holds. Thread-confined.
 */
final class IndexReader {

    private static final int PIECE_BYTES = 64 * 1024;
    private static final long FIRST_DATA_SECTOR = Sectors.containing(LayerHeader.BYTES);

    private final BlobSource source;
    private final long indexOffsetBytes;
    private final int entries;
    private final long dataEndSector;
    private final LayerIndex.Builder index;

    private IndexReader(BlobSource source, LayerHeader trailer) {
        this.source = source;
        this.indexOffsetBytes = trailer.indexOffsetBytes();
        this.entries = (int) trailer.indexEntries();
        this.dataEndSector = Sectors.containing(indexOffsetBytes);
        this.index = new LayerIndex.Builder(entries);
    }

    /** Reads the index that {@code trailer}, which stands at {@code trailerAtBytes}, tells of. */
    static LayerIndex read(BlobSource source, LayerHeader trailer, long trailerAtBytes) throws IOException {
        checkBounds(source, trailer, trailerAtBytes);
        return new IndexReader(source, trailer).readEntries();
    }

    private static void checkBounds(BlobSource source, LayerHeader trailer, long trailerAtBytes) throws IOException {
        long offset = trailer.indexOffsetBytes();
        if (offset < LayerHeader.BYTES || offset > trailerAtBytes) {
            throw new CorruptFormatException(
                    source.name(),
                    trailerAtBytes,
                    "index_offset of the trailer",
                    LayerHeader.BYTES + " to " + trailerAtBytes,
                    Long.toUnsignedString(offset));
        }
        long fitting = Math.min((trailerAtBytes - offset) / SegmentMapping.BYTES, MergedIndex.MAX_SEGMENTS);
        if (trailer.indexEntries() < 0 || trailer.indexEntries() > fitting) {
            throw new CorruptFormatException(
                    source.name(),
                    trailerAtBytes,
                    "index_size of the trailer",
                    "at most " + fitting + " entries, the index begins at byte " + offset,
                    Long.toUnsignedString(trailer.indexEntries()));
        }
    }

    private LayerIndex readEntries() throws IOException {
        source.prefetch(indexOffsetBytes, (long) entries * SegmentMapping.BYTES);
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int entry = 0; entry < entries; ) {
            int count = Math.min(entries - entry, PIECE_BYTES / SegmentMapping.BYTES);
            piece.clear().limit(count * SegmentMapping.BYTES);
            source.readFully(atBytes(entry), piece);
            piece.flip();
            for (int end = entry + count; entry < end; entry++) {
                take(entry, piece.getLong(), piece.getLong());
            }
        }
        return index.build();
    }

    private void take(int entry, long low, long high) throws CorruptFormatException {
        if (SegmentMapping.offsetSectors(low) == SegmentMapping.INVALID_OFFSET_SECTORS) {
            return;
        }
        checkLogical(entry, low);
        checkMapped(entry, low, high);
        index.add(low, high);
    }

    private void checkLogical(int entry, long low) throws CorruptFormatException {
        if (SegmentMapping.offsetSectors(low) < index.endSectors()) {
            throw corrupt(
                    entry,
                    "offset, which is ascending",
                    "at least sector " + index.endSectors(),
                    SegmentMapping.offsetSectors(low));
        }
        if (SegmentMapping.endSectors(low) > SegmentMapping.INVALID_OFFSET_SECTORS) {
            throw corrupt(
                    entry,
                    "end",
                    "at most sector " + SegmentMapping.INVALID_OFFSET_SECTORS,
                    SegmentMapping.endSectors(low));
        }
    }

    private void checkMapped(int entry, long low, long high) throws CorruptFormatException {
        long start = SegmentMapping.mappedSector(high);
        boolean zeroed = SegmentMapping.isZeroed(high);
        long end = zeroed ? start : start + SegmentMapping.lengthSectors(low);
        boolean begins = start >= FIRST_DATA_SECTOR && (zeroed || start < dataEndSector);
        boolean ends = end <= dataEndSector && (zeroed || end > FIRST_DATA_SECTOR);
        if (!begins || !ends) {
            throw corrupt(
                    entry,
                    zeroed ? "moffset of zeros" : "moffset to its end",
                    "within sectors " + FIRST_DATA_SECTOR + " to " + dataEndSector,
                    start + " to " + end);
        }
    }

    private CorruptFormatException corrupt(int entry, String field, Object expected, Object found) {
        return new CorruptFormatException(
                source.name(), atBytes(entry), "index entry " + entry + ", " + field, expected, found);
    }

    private long atBytes(int entry) {
        return indexOffsetBytes + (long) entry * SegmentMapping.BYTES;
    }
}
