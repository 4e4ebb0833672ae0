package io.overlaybd.io.tar;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.SliceSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes the tar wrapper off a layer. The grammar, in blocks of {@link TarHeader#BYTES}:
 *
 * <pre>
 *  wrapper  = [ x-header  records... ]  header  payload...  [ zero zero ]
 * </pre>
 *
 * The payload's length is the {@code size} of the records if there is one, else the header's. What follows the payload
 * is not looked at, and reads never reach it.
 */
public final class TarWrapper {

    /** More extended records than this are not a wrapper that anyone writes. */
    private static final int MAX_PAX_BYTES = 1 << 20;

    /** What stands before the payload in wrappers of our own: extended header, records, header. */
    static final int HEAD_BYTES = 3 * TarHeader.BYTES;

    private static final String EXTENDED_NAME = "overlaybd.pax";
    private static final String MEMBER_NAME = "overlaybd.commit";

    private TarWrapper() {}

    /**
     * The payload if {@code source} begins with a tar header, else {@code source} itself. Takes over {@code source} if it
     * returns; if it throws, the caller still owns it.
     *
     * @throws CorruptFormatException if it is a tar but not a wrapper, or the payload leaves the file
     */
    public static BlobSource unwrap(BlobSource source) throws IOException {
        if (source.sizeBytes() < TarHeader.BYTES) {
            return source;
        }
        ByteBuffer block = readBlock(source, 0);
        if (!TarHeader.isHeader(block)) {
            return source;
        }
        TarHeader first = TarHeader.decode(block, source.name(), 0);
        if (first.typeFlag() == TarHeader.PAX) {
            return unwrapExtended(source, first);
        }
        refuseOtherTypes(source, first, 0);
        return slice(source, TarHeader.BYTES, first.sizeBytes());
    }

    private static BlobSource unwrapExtended(BlobSource source, TarHeader extended) throws IOException {
        if (extended.sizeBytes() > MAX_PAX_BYTES) {
            throw new CorruptFormatException(
                    source.name(),
                    0,
                    "tar extended records",
                    "at most " + MAX_PAX_BYTES + " bytes",
                    extended.sizeBytes());
        }
        byte[] records = new byte[(int) extended.sizeBytes()];
        source.readFully(TarHeader.BYTES, ByteBuffer.wrap(records));
        long headerAt = TarHeader.BYTES + roundUp(records.length);
        ByteBuffer block = readBlock(source, headerAt);
        if (!TarHeader.isHeader(block)) {
            throw new CorruptFormatException(
                    source.name(), headerAt, "no tar header with a right checksum follows the extended records");
        }
        TarHeader member = TarHeader.decode(block, source.name(), headerAt);
        refuseOtherTypes(source, member, headerAt);
        long size = PaxRecords.size(records, source.name(), TarHeader.BYTES);
        return slice(source, headerAt + TarHeader.BYTES, size > 0 ? size : member.sizeBytes());
    }

    private static void refuseOtherTypes(BlobSource source, TarHeader header, long at) throws IOException {
        byte type = header.typeFlag();
        if (type != '0' && type != 0) {
            throw new CorruptFormatException(
                    source.name(),
                    at,
                    "tar member type",
                    "a regular file, perhaps after x records",
                    "type byte " + type);
        }
    }

    private static BlobSource slice(BlobSource source, long payloadAt, long sizeBytes) throws IOException {
        if (sizeBytes > source.sizeBytes() - payloadAt) {
            throw new CorruptFormatException(
                    source.name(),
                    payloadAt,
                    "tar payload",
                    sizeBytes + " bytes",
                    (source.sizeBytes() - payloadAt) + ": the file is cut");
        }
        return new SliceSource(source, payloadAt, sizeBytes);
    }

    private static ByteBuffer readBlock(BlobSource source, long at) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(TarHeader.BYTES);
        source.readFully(at, block);
        return block.flip();
    }

    /** What stands before a payload. */
    static ByteBuffer head(long payloadBytes) {
        byte[] record = PaxRecords.encodeSize(payloadBytes);
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        head.put(TarHeader.encodeExtended(EXTENDED_NAME, record.length));
        head.put(TarHeader.BYTES, record);
        head.put(2 * TarHeader.BYTES, TarHeader.encodeFile(MEMBER_NAME).array());
        return head.rewind();
    }

    /** How many zeros follow a payload that ends at this byte: to the end of its block, and two blocks. */
    static int tailBytes(long payloadEndBytes) {
        return (int) (roundUp(payloadEndBytes) - payloadEndBytes) + 2 * TarHeader.BYTES;
    }

    private static long roundUp(long bytes) {
        return (bytes + TarHeader.BYTES - 1) / TarHeader.BYTES * TarHeader.BYTES;
    }
}
