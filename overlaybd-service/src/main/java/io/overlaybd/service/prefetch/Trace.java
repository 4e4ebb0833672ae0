package io.overlaybd.service.prefetch;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.RawCrc32c;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What a start read, in the order of the reads; the file that the original writes, all numbers little-endian:
 *
 * <pre>
 *  trace  = header  record...
 *  header = u32 magic   u32 zero   u64 bytes of all records   u32 checksum   u32 zero          24 bytes
 *  record = u8 'R'   u24 zero   u32 layer   u64 length   i64 offset                           24 bytes
 * </pre>
 *
 * The checksum is a CRC-32C register over the records, as they are stored, that starts at zero and is not inverted. A file of
 * another length than its header states, or of more than {@value #MAX_RECORDS} records, is no trace. Records of anything but a
 * possible read are left out. Immutable.
 */
public final class Trace {

    /** The most records of a trace: of an hour of reads rather than of a start. */
    public static final int MAX_RECORDS = 1 << 18;

    static final int HEADER_BYTES = 24;
    private static final int MAGIC = 0xC2EF1820;
    private static final int LENGTH_OFFSET = 8;
    private static final int CHECKSUM_OFFSET = 16;

    private final List<TraceRead> reads;

    /** A trace of these reads. */
    public Trace(List<TraceRead> reads) {
        if (reads.size() > MAX_RECORDS) {
            throw new IllegalArgumentException(reads.size() + " reads, at most " + MAX_RECORDS);
        }
        this.reads = List.copyOf(reads);
    }

    /** The reads, in their order. */
    public List<TraceRead> reads() {
        return reads;
    }

    /** Whether bytes begin as a trace does. */
    public static boolean hasMagic(ByteBuffer bytes) {
        ByteBuffer head = littleEndian(bytes);
        return head.capacity() >= Integer.BYTES && head.getInt(0) == MAGIC;
    }

    /**
     * Reads a file.
     *
     * @throws CorruptFormatException if it is no trace, or a damaged one
     * @throws IOException if it cannot be read
     */
    static Trace read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            checkSize(file.toString(), size);
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            for (int count = 0; bytes.hasRemaining() && count >= 0; ) {
                count = channel.read(bytes);
            }
            return parse(file.toString(), bytes.flip());
        }
    }

    private static void checkSize(String resource, long size) throws CorruptFormatException {
        long most = HEADER_BYTES + (long) MAX_RECORDS * TraceRead.BYTES;
        if (size < HEADER_BYTES || size > most) {
            throw new CorruptFormatException(resource, 0, "size of a trace", HEADER_BYTES + " to " + most, size);
        }
    }

    /**
     * Reads the bytes from position to limit.
     *
     * @throws CorruptFormatException if they are no trace, or a damaged one
     */
    public static Trace parse(String resource, ByteBuffer bytes) throws CorruptFormatException {
        ByteBuffer all = littleEndian(bytes);
        checkSize(resource, all.capacity());
        if (all.getInt(0) != MAGIC) {
            throw mismatch(resource, 0, "magic", MAGIC, all.getInt(0));
        }
        int length = all.capacity() - HEADER_BYTES;
        if (all.getLong(LENGTH_OFFSET) != length || length % TraceRead.BYTES != 0) {
            String stated = Long.toUnsignedString(all.getLong(LENGTH_OFFSET));
            throw new CorruptFormatException(
                    resource, LENGTH_OFFSET, "bytes of records", length + ", whole records of 24", stated);
        }
        int checksum = new RawCrc32c(0).of(all, HEADER_BYTES, length);
        if (all.getInt(CHECKSUM_OFFSET) != checksum) {
            throw mismatch(resource, CHECKSUM_OFFSET, "checksum", checksum, all.getInt(CHECKSUM_OFFSET));
        }
        List<TraceRead> reads = new ArrayList<>(length / TraceRead.BYTES);
        for (int at = HEADER_BYTES; at < all.capacity(); at += TraceRead.BYTES) {
            if (TraceRead.isRead(all, at)) {
                reads.add(TraceRead.decode(all, at));
            }
        }
        return new Trace(reads);
    }

    /** The bytes of the file. */
    public ByteBuffer encode() {
        int length = reads.size() * TraceRead.BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(HEADER_BYTES);
        reads.forEach(read -> read.encode(bytes));
        bytes.putInt(0, MAGIC).putLong(LENGTH_OFFSET, length);
        return bytes.putInt(CHECKSUM_OFFSET, new RawCrc32c(0).of(bytes, HEADER_BYTES, length))
                .flip();
    }

    private static ByteBuffer littleEndian(ByteBuffer bytes) {
        return bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static CorruptFormatException mismatch(String resource, int at, String field, int expected, int found) {
        return new CorruptFormatException(
                resource, at, field, "0x" + Integer.toHexString(expected), "0x" + Integer.toHexString(found));
    }
}
