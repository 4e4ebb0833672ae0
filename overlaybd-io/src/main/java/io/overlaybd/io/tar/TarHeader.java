package io.overlaybd.io.tar;

import io.overlaybd.io.CorruptFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One 512-byte header of a POSIX.1-1988 {@code ustar} archive, as far as the wrapper needs it.
 *
 * <pre>
 *  offset size field
 *       0  100 name
 *     100    8 mode      octal
 *     108    8 uid       octal
 *     116    8 gid       octal
 *     124   12 size      octal, bytes of the member that follow
 *     136   12 mtime     octal
 *     148    8 chksum    octal, sum of all bytes with these eight taken as spaces
 *     156    1 typeflag  '0' or NUL a file, 'x' extended (PAX) records for the next header
 *     257    6 magic     "ustar" NUL
 *     263    2 version   "00"
 *     265   32 uname
 *     297   32 gname
 * </pre>
 *
 * Numbers are padded with spaces on the left, as the original overlaybd writes them, which every tar reads.
 */
record TarHeader(String name, byte typeFlag, long sizeBytes) {

    static final int BYTES = 512;
    static final byte PAX = 'x';

    private static final int MODE_OFFSET = 100;
    private static final int UID_OFFSET = 108;
    private static final int GID_OFFSET = 116;
    private static final int SIZE_OFFSET = 124;
    private static final int SIZE_BYTES = 12;
    private static final int MTIME_OFFSET = 136;
    private static final int CHECKSUM_OFFSET = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int TYPE_OFFSET = 156;
    private static final int MAGIC_OFFSET = 257;
    private static final String MAGIC = "ustar";
    private static final int VERSION_OFFSET = 263;
    private static final String VERSION = "00";
    private static final int USER_OFFSET = 265;
    private static final int GROUP_OFFSET = 297;
    private static final int NAME_BYTES = 100;

    /** Whether the block is a ustar header with a right checksum; GNU's {@code "ustar  "} is none. */
    static boolean isHeader(ByteBuffer block) {
        if (!text(block, MAGIC_OFFSET, 5).equals(MAGIC)
                || !text(block, VERSION_OFFSET, 2).equals(VERSION)) {
            return false;
        }
        long stated = octal(block, CHECKSUM_OFFSET, CHECKSUM_BYTES);
        return stated == sum(block, 0xFF) || stated == sum(block, -1);
    }

    /** Decodes a block that {@link #isHeader} accepted; {@code at} is its place in the resource, for messages. */
    static TarHeader decode(ByteBuffer block, String resource, long at) throws CorruptFormatException {
        long size = octal(block, SIZE_OFFSET, SIZE_BYTES);
        if (size < 0) {
            throw new CorruptFormatException(
                    resource,
                    at + SIZE_OFFSET,
                    "tar size",
                    "octal digits",
                    quoted(text(block, SIZE_OFFSET, SIZE_BYTES)));
        }
        return new TarHeader(untilNul(text(block, 0, NAME_BYTES)), block.get(TYPE_OFFSET), size);
    }

    /** The header that announces extended records: nothing but name, size and type. */
    static ByteBuffer encodeExtended(String name, int recordBytes) {
        ByteBuffer block = blank(name, PAX);
        putOctal(block, SIZE_OFFSET, 11, recordBytes);
        return seal(block);
    }

    /** The header of a regular file of user 0 whose size stands in extended records. */
    static ByteBuffer encodeFile(String name) {
        ByteBuffer block = blank(name, (byte) '0');
        putOctal(block, MODE_OFFSET, 6, 0100644);
        putOctal(block, UID_OFFSET, 6, 0);
        putOctal(block, GID_OFFSET, 6, 0);
        putOctal(block, SIZE_OFFSET, 11, 0);
        putOctal(block, MTIME_OFFSET, 11, 0);
        put(block, USER_OFFSET, "root");
        put(block, GROUP_OFFSET, "root");
        return seal(block);
    }

    private static ByteBuffer blank(String name, byte type) {
        ByteBuffer block = ByteBuffer.allocate(BYTES);
        put(block, 0, name);
        block.put(TYPE_OFFSET, type);
        put(block, MAGIC_OFFSET, MAGIC);
        put(block, VERSION_OFFSET, VERSION);
        return block;
    }

    private static ByteBuffer seal(ByteBuffer block) {
        putOctal(block, CHECKSUM_OFFSET, 6, sum(block, 0xFF));
        return block;
    }

    private static long sum(ByteBuffer block, int mask) {
        long sum = 0;
        for (int i = 0; i < BYTES; i++) {
            boolean inField = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + CHECKSUM_BYTES;
            sum += inField ? ' ' : block.get(i) & mask;
        }
        return sum;
    }

    /** The number in a field padded with spaces or NULs, -1 if there is none. */
    private static long octal(ByteBuffer block, int offset, int length) {
        String digits = text(block, offset, length).replace('\0', ' ').strip();
        return digits.matches("[0-7]{1,12}") ? Long.parseLong(digits, 8) : -1;
    }

    private static void putOctal(ByteBuffer block, int offset, int width, long value) {
        put(block, offset, String.format("%" + width + "s ", Long.toOctalString(value)));
    }

    private static void put(ByteBuffer block, int offset, String text) {
        block.put(offset, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ByteBuffer block, int offset, int length) {
        byte[] bytes = new byte[length];
        block.get(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String untilNul(String text) {
        int nul = text.indexOf('\0');
        return nul < 0 ? text : text.substring(0, nul);
    }

    private static String quoted(String text) {
        return '"' + text.replaceAll("[^ -~]", "?") + '"';
    }
}
