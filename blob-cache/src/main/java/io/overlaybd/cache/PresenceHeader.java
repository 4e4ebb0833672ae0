package io.overlaybd.cache;

import io.overlaybd.io.CorruptFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The head of a presence file. Little endian:
 *
 * <pre>
 *   0  u64  magic                "OBDCACHE"
 *   8  u32  version              1
 *  12  u32  refill unit          bytes, a power of two
 *  16  u64  blob length          bytes
 *  24  32   SHA-256 of the blob  as in its name
 *  56  u32  zero
 *  60  u32  CRC-32C of bytes 0..59
 *  64  u64  word of unit 0, then of unit 1, ...; see {@link PresenceFile}
 * </pre>
 *
 * Nothing follows from a header alone but the length of the blob: whether bytes are there is said by the words, and
 * believed only after the bytes agree.
 */
record PresenceHeader(BlobDigest digest, UnitGrid grid) {

    static final int HEADER_BYTES = 64;

    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    private static final int UNIT_OFFSET = 12; // bytes
    private static final int LENGTH_OFFSET = 16; // bytes
    private static final int HASH_OFFSET = 24;
    private static final int RESERVED_OFFSET = 56;
    private static final int CRC_OFFSET = 60;

    private static final long MAGIC = 0x454843414344424FL; // "OBDCACHE" as read from a little-endian file
    private static final int VERSION = 1;

    /** Puts the header at the start of {@code dst}. */
    void encode(ByteBuffer dst) {
        ByteBuffer head = dst.slice(0, HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(MAGIC_OFFSET, MAGIC);
        head.putInt(VERSION_OFFSET, VERSION);
        head.putInt(UNIT_OFFSET, grid.unitBytes());
        head.putLong(LENGTH_OFFSET, grid.blobBytes());
        head.put(HASH_OFFSET, digest.hash());
        head.putInt(RESERVED_OFFSET, 0);
        head.putInt(CRC_OFFSET, crc(head));
    }

    /** Takes the header from the start of {@code src}, which holds all of it. */
    static PresenceHeader decode(String resource, ByteBuffer src) throws CorruptFormatException {
        ByteBuffer head = src.slice(0, HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        expect(resource, MAGIC_OFFSET, "magic", MAGIC, head.getLong(MAGIC_OFFSET));
        expect(resource, CRC_OFFSET, "header checksum", crc(head), head.getInt(CRC_OFFSET));
        expect(resource, VERSION_OFFSET, "version", VERSION, head.getInt(VERSION_OFFSET));
        int unitBytes = head.getInt(UNIT_OFFSET);
        long blobBytes = head.getLong(LENGTH_OFFSET);
        if (!UnitGrid.fits(unitBytes, blobBytes)) {
            throw new CorruptFormatException(
                    resource, UNIT_OFFSET, "refill unit " + unitBytes + " does not fit blob length " + blobBytes);
        }
        byte[] hash = new byte[BlobDigest.HASH_BYTES];
        head.get(HASH_OFFSET, hash);
        return new PresenceHeader(BlobDigest.ofHash(hash), new UnitGrid(unitBytes, blobBytes));
    }

    private static void expect(String resource, int offset, String field, long expected, long found)
            throws CorruptFormatException {
        if (expected != found) {
            throw new CorruptFormatException(
                    resource, offset, field, Long.toHexString(expected), Long.toHexString(found));
        }
    }

    private static int crc(ByteBuffer head) {
        CRC32C crc = new CRC32C();
        crc.update(head.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }
}
