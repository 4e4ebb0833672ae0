package io.overlaybd.tools.inspect;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.core.index.WritableIndex;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Reads the index file of a writable layer by the rules by which it is opened, but changes nothing.
 *
 * @param segments what the records come to
 * @param records how many there are up to the first that cannot be one, padding included
 * @param provisional how many of them are marked as not yet flushed
 * @param droppedBytes what stands from there on
 */
record RecordScan(LayerIndex segments, long records, long provisional, long droppedBytes) {

    /** Of no records. */
    static final RecordScan NONE = new RecordScan(LayerIndex.of(List.of()), 0, 0, 0);

    /** For a data file that is not at hand: its length is not compared. */
    static final long ANY_PLACE = Long.MAX_VALUE;

    private static final int PIECE_BYTES = 64 * 1024;
    private static final long FIRST_DATA_SECTOR = LayerHeader.BYTES / BlockDevice.SECTOR_BYTES;

    /** @throws CorruptFormatException if this is no index file of a writable layer */
    static LayerHeader readHeader(BlobSource index) throws IOException {
        if (index.sizeBytes() < LayerHeader.BYTES) {
            throw new CorruptFormatException(
                    index.name(),
                    0,
                    "length of an index file",
                    "at least " + LayerHeader.BYTES + " bytes, a header",
                    index.sizeBytes());
        }
        ByteBuffer block = ByteBuffer.allocate(LayerHeader.BYTES);
        index.readFully(0, block);
        LayerHeader header = LayerHeader.decode(block.flip(), index.name(), 0);
        boolean right = header.has(LayerHeader.HEADER)
                && (header.flags() & (LayerHeader.DATA_FILE | LayerHeader.SEALED)) == 0
                && header.indexOffsetBytes() == LayerHeader.BYTES;
        if (!right) {
            throw new CorruptFormatException(
                    index.name(),
                    0,
                    "flags and index_offset of an index file",
                    "0x1 set, 0x2 and 0x4 not, " + LayerHeader.BYTES,
                    "0x" + Integer.toHexString(header.flags()) + ", "
                            + Long.toUnsignedString(header.indexOffsetBytes()));
        }
        return header;
    }

    /** Reads header and records; {@code dataBytes} is the length of the data file. */
    static RecordScan of(BlobSource index, long dataBytes) throws IOException {
        readHeader(index);
        long fitting = (index.sizeBytes() - LayerHeader.BYTES) / SegmentMapping.BYTES;
        if (fitting > MergedIndex.MAX_SEGMENTS) {
            throw new CorruptFormatException(
                    index.name(), LayerHeader.BYTES, "records", "at most " + MergedIndex.MAX_SEGMENTS, fitting);
        }
        WritableIndex segments = new WritableIndex();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long records = 0;
        long provisional = 0;
        boolean good = true;
        while (good && records < fitting) {
            int count = (int) Math.min(PIECE_BYTES / SegmentMapping.BYTES, fitting - records);
            piece.clear().limit(count * SegmentMapping.BYTES);
            index.readFully(LayerHeader.BYTES + records * SegmentMapping.BYTES, piece);
            piece.flip();
            while (good && piece.hasRemaining()) {
                long low = piece.getLong();
                long high = piece.getLong();
                good = take(segments, low, high, dataBytes / BlockDevice.SECTOR_BYTES);
                records += good ? 1 : 0;
                provisional += good && SegmentMapping.tag(high) == SegmentMapping.MAX_TAG ? 1 : 0;
            }
        }
        long end = LayerHeader.BYTES + records * SegmentMapping.BYTES;
        return new RecordScan(segments.snapshot().toLayerIndex(), records, provisional, index.sizeBytes() - end);
    }

    private static boolean take(WritableIndex segments, long low, long high, long dataEndSector) {
        if (SegmentMapping.offsetSectors(low) == SegmentMapping.INVALID_OFFSET_SECTORS) {
            return true;
        }
        boolean good = SegmentMapping.endSectors(low) <= SegmentMapping.INVALID_OFFSET_SECTORS
                && SegmentMapping.mappedSector(high) >= FIRST_DATA_SECTOR
                && SegmentMapping.mappedEnd(low, high) <= dataEndSector;
        if (good) {
            segments.insert(low, SegmentMapping.untagged(high));
        }
        return good;
    }
}
