package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.CorruptFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The index file of a writable layer: records in the order in which they came about, later ones win.
 *
 * <pre>
 *  log = header  record * n  torn
 *        4096    16 each     dropped
 * </pre>
 *
 * What a crash left at the end (part of a record, zeros, records of data that never arrived) is cut off when the log is opened,
 * and the cut is made durable before anything else is written: later the same records could seem to be right.
 *
 * <p>A log that has grown to four times what it was after it was last compacted (or opened as one of few records) is written
 * anew, with what is still true of it, and takes the place of the old one.
 *
 * <p>Thread-confined, or guarded by its owner.
 */
final class IndexLog implements Closeable {

    private static final int PIECE_BYTES = 64 * 1024;
    private static final int PIECE_RECORDS = PIECE_BYTES / SegmentMapping.BYTES;
    private static final int COMPACTED_FROM_RECORDS = 1 << 16;
    private static final int GROWTH = 4;

    /** Says what becomes of a record. */
    @FunctionalInterface
    interface RecordVisitor {
        /** Takes a record, or answers false if it cannot be one. */
        boolean take(long low, long high);
    }

    private LayerFile file;
    private long endBytes;
    private long shortRecords = COMPACTED_FROM_RECORDS;

    private IndexLog(LayerFile file, long endBytes) {
        this.file = file;
        this.endBytes = endBytes;
    }

    /** A new log. Without a header it is an empty file. */
    static IndexLog create(Path path) throws IOException {
        return new IndexLog(LayerFile.create(path), 0);
    }

    /** A log that is there; {@link #replay} comes next unless it is empty. */
    static IndexLog open(Path path) throws IOException {
        LayerFile file = LayerFile.open(path);
        try {
            Files.deleteIfExists(compacted(path));
            return new IndexLog(file, file.sizeBytes());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    String name() {
        return file.name();
    }

    LayerFile file() {
        return file;
    }

    private static Path compacted(Path path) {
        return path.resolveSibling(path.getFileName() + ".compacted");
    }

    /** Whether there is not even a whole header. */
    boolean isEmpty() {
        return endBytes < LayerHeader.BYTES;
    }

    /** Bytes up to the end of the last good record. */
    long endBytes() {
        return endBytes;
    }

    /** How many records there are, padding included. */
    long records() {
        return (endBytes - LayerHeader.BYTES) / SegmentMapping.BYTES;
    }

    void writeHeader(LayerHeader header) throws IOException {
        file.write(0, header.encode());
        endBytes = Math.max(endBytes, LayerHeader.BYTES);
    }

    /** @throws CorruptFormatException if this is not the index file of a writable layer */
    LayerHeader readHeader() throws IOException {
        LayerHeader header = WritableHeaders.read(file);
        boolean right = header.has(LayerHeader.HEADER)
                && (header.flags() & (LayerHeader.DATA_FILE | LayerHeader.SEALED)) == 0
                && header.indexOffsetBytes() == LayerHeader.BYTES;
        if (!right) {
            throw new CorruptFormatException(
                    name(),
                    0,
                    "flags and index_offset of the index file of a writable layer",
                    "0x1 set, 0x2 and 0x4 not, " + LayerHeader.BYTES,
                    "0x" + Integer.toHexString(header.flags()) + ", "
                            + Long.toUnsignedString(header.indexOffsetBytes()));
        }
        if (records() > MergedIndex.MAX_SEGMENTS) {
            throw new CorruptFormatException(
                    name(),
                    LayerHeader.BYTES,
                    "length of the log",
                    "at most " + MergedIndex.MAX_SEGMENTS + " records",
                    records());
        }
        return header;
    }

    /** Hands out the records up to the first that cannot be one, and cuts the file there. */
    void replay(RecordVisitor visitor) throws IOException {
        long sizeBytes = endBytes;
        long at = LayerHeader.BYTES;
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        boolean good = true;
        while (good && sizeBytes - at >= SegmentMapping.BYTES) {
            long whole = (sizeBytes - at) / SegmentMapping.BYTES * SegmentMapping.BYTES;
            file.readFully(at, piece.clear().limit((int) Math.min(PIECE_BYTES, whole)));
            piece.flip();
            while (good && piece.hasRemaining()) {
                good = take(visitor, piece.getLong(), piece.getLong());
                at += good ? SegmentMapping.BYTES : 0;
            }
        }
        endBytes = at;
        if (at < sizeBytes) {
            file.truncate(at);
            file.sync();
        }
    }

    /** Hands one record out, unless it is padding; answers false if it cannot be one. */
    static boolean take(RecordVisitor visitor, long low, long high) {
        if (SegmentMapping.offsetSectors(low) == SegmentMapping.INVALID_OFFSET_SECTORS) {
            return true;
        }
        return SegmentMapping.endSectors(low) <= SegmentMapping.INVALID_OFFSET_SECTORS && visitor.take(low, high);
    }

    /** Appends records. If that fails they count as not written; what came of them is overwritten by the next ones. */
    void append(RecordBatch batch) throws IOException {
        ByteBuffer bytes = batch.bytes();
        int length = bytes.remaining();
        file.write(endBytes, bytes);
        endBytes += length;
    }

    /** Whether it is worth while to {@link #compact}. */
    boolean isLong() {
        return records() > shortRecords;
    }

    /** Says from how many records on a log is long. */
    void longFrom(long records) {
        shortRecords = records;
    }

    /**
     * Writes the log anew: these segments, only the zeroed ones if {@code zeroedOnly}, instead of the records that they came from.
     * If it throws, the log is as before, and counts as short for a while. The new file's name is not durable yet.
     */
    void compact(LayerHeader header, IndexSnapshot segments, boolean zeroedOnly) throws IOException {
        shortRecords = Math.max(shortRecords, GROWTH * records());
        Path temporary = compacted(file.path());
        LayerFile fresh = LayerFile.create(temporary);
        try {
            fresh.write(0, header.encode());
            long end = write(fresh, segments, zeroedOnly);
            fresh.sync();
            LayerFile old = file;
            file = fresh.moveTo(old.path());
            endBytes = end;
            old.close();
        } catch (IOException | RuntimeException e) {
            fresh.close();
            Files.deleteIfExists(temporary);
            throw e;
        }
        shortRecords = Math.max(COMPACTED_FROM_RECORDS, GROWTH * records());
    }

    private static long write(LayerFile to, IndexSnapshot segments, boolean zeroedOnly) throws IOException {
        long end = LayerHeader.BYTES;
        RecordBatch batch = new RecordBatch();
        for (IndexSnapshot.Cursor at = segments.endingAfter(0); !at.isEnd(); at.advance()) {
            if (!zeroedOnly || at.isZeroed()) {
                batch.add(at.low(), at.high());
            }
            if (batch.size() == PIECE_RECORDS) {
                to.write(end, batch.bytes());
                end += PIECE_BYTES;
                batch = new RecordBatch();
            }
        }
        to.write(end, batch.bytes());
        return end + batch.size() * (long) SegmentMapping.BYTES;
    }

    void sync() throws IOException {
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }
}
