package io.overlaybd.core.format;

import io.overlaybd.io.CorruptFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The block of {@value #BYTES} bytes that a layer begins with, and the one that it ends with. Little-endian:
 *
 * <pre>
 *  offset size field
 *       0    8 magic0         "LSMT" 00 01 02 00
 *       8   16 magic1         65 7E 63 D2 94 44 08 4C A2 D2 C8 EC 4F CF AE 8A
 *      24    4 size           390, not checked
 *      28    4 flags          1 header (else trailer), 2 data file (else index file), 4 sealed, 16 sparse, 32 hybrid
 *      32    8 index_offset   bytes; 0 in the header of a committed layer
 *      40    8 index_size     entries of 16 bytes
 *      48    8 virtual_size   bytes
 *      56   37 uuid           36 characters, NUL
 *      93   37 parent_uuid    36 characters, NUL
 *     130    2 reserved       0
 *     132    1 version        1, not checked
 *     133    1 sub_version    1, not checked
 *     134  256 user_tag       any bytes, padded with zeros
 *     390 3706 padding        0
 * </pre>
 *
 * A uuid field that holds none reads as {@link LayerUuid#NULL}. Nothing here is covered by a checksum; who opens a layer
 * must check {@code index_offset} and {@code index_size} against the file.
 */
public record LayerHeader(
        int flags,
        long indexOffsetBytes,
        long indexEntries,
        long virtualSizeBytes,
        LayerUuid uuid,
        LayerUuid parentUuid,
        UserTag userTag) {

    /** Length of the block, in bytes. */
    public static final int BYTES = 4096;

    /** Flag: this is a header, not a trailer. */
    public static final int HEADER = 0x01;
    /** Flag: this file holds data, and is not the index file of a writable layer. */
    public static final int DATA_FILE = 0x02;
    /** Flag: nothing will be written to this file any more. */
    public static final int SEALED = 0x04;
    /** Flag: the data part is an image of the disk with holes. */
    public static final int SPARSE = 0x10;
    /** Flag: while it is being written, data of this layer is overwritten where it lies. */
    public static final int HYBRID = 0x20;

    private static final long MAGIC0 = 0x0002_0100_544D_534CL;
    private static final long MAGIC1_LOW = 0x4C08_4494_D263_7E65L;
    private static final long MAGIC1_HIGH = 0x8AAE_CF4F_ECC8_D2A2L;

    private static final int MAGIC0_OFFSET = 0;
    private static final int MAGIC1_LOW_OFFSET = 8;
    private static final int MAGIC1_HIGH_OFFSET = 16;
    private static final int SIZE_OFFSET = 24;
    private static final int SIZE = 390;
    private static final int FLAGS_OFFSET = 28;
    private static final int INDEX_OFFSET_OFFSET = 32;
    private static final int INDEX_SIZE_OFFSET = 40;
    /** Where {@code virtual_size} stands, in bytes: it alone is rewritten when a layer grows. */
    public static final int VIRTUAL_SIZE_OFFSET = 48;

    private static final int UUID_OFFSET = 56;
    private static final int PARENT_UUID_OFFSET = 93;
    private static final int UUID_BYTES = 36;
    private static final int VERSION_OFFSET = 132;
    private static final int SUB_VERSION_OFFSET = 133;
    private static final byte VERSION = 1;
    private static final int USER_TAG_OFFSET = 134;

    /** Whether a block of at least 24 bytes begins with the magics. */
    public static boolean hasMagic(ByteBuffer block) {
        ByteBuffer fields = block.slice().order(ByteOrder.LITTLE_ENDIAN);
        return fields.getLong(MAGIC0_OFFSET) == MAGIC0
                && fields.getLong(MAGIC1_LOW_OFFSET) == MAGIC1_LOW
                && fields.getLong(MAGIC1_HIGH_OFFSET) == MAGIC1_HIGH;
    }

    /**
     * Decodes the block between the buffer's position and limit; {@code atBytes} is its place in the resource, for
     * messages.
     *
     * @throws CorruptFormatException if the magics are wrong
     */
    public static LayerHeader decode(ByteBuffer block, String resource, long atBytes) throws CorruptFormatException {
        if (!hasMagic(block)) {
            throw new CorruptFormatException(
                    resource, atBytes, "magic of a layer", "4C534D5400010200 657E63D2...", hexOfMagic(block));
        }
        ByteBuffer fields = block.slice().order(ByteOrder.LITTLE_ENDIAN);
        byte[] userTag = new byte[UserTag.MAX_BYTES];
        fields.get(USER_TAG_OFFSET, userTag);
        return new LayerHeader(
                fields.getInt(FLAGS_OFFSET),
                fields.getLong(INDEX_OFFSET_OFFSET),
                fields.getLong(INDEX_SIZE_OFFSET),
                fields.getLong(VIRTUAL_SIZE_OFFSET),
                uuid(fields, UUID_OFFSET),
                uuid(fields, PARENT_UUID_OFFSET),
                UserTag.of(userTag));
    }

    /** A new heap buffer of {@link #BYTES} bytes, ready to be read. */
    public ByteBuffer encode() {
        ByteBuffer fields = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        fields.putLong(MAGIC0_OFFSET, MAGIC0);
        fields.putLong(MAGIC1_LOW_OFFSET, MAGIC1_LOW);
        fields.putLong(MAGIC1_HIGH_OFFSET, MAGIC1_HIGH);
        fields.putInt(SIZE_OFFSET, SIZE);
        fields.putInt(FLAGS_OFFSET, flags);
        fields.putLong(INDEX_OFFSET_OFFSET, indexOffsetBytes);
        fields.putLong(INDEX_SIZE_OFFSET, indexEntries);
        fields.putLong(VIRTUAL_SIZE_OFFSET, virtualSizeBytes);
        fields.put(UUID_OFFSET, ascii(uuid));
        fields.put(PARENT_UUID_OFFSET, ascii(parentUuid));
        fields.put(VERSION_OFFSET, VERSION);
        fields.put(SUB_VERSION_OFFSET, VERSION);
        fields.put(USER_TAG_OFFSET, userTag.bytes());
        return fields;
    }

    /** This header with another size. */
    public LayerHeader withVirtualSize(long newVirtualSizeBytes) {
        return new LayerHeader(flags, indexOffsetBytes, indexEntries, newVirtualSizeBytes, uuid, parentUuid, userTag);
    }

    /** Whether all of these flags are set. */
    public boolean has(int wanted) {
        return (flags & wanted) == wanted;
    }

    private static LayerUuid uuid(ByteBuffer fields, int offset) {
        byte[] text = new byte[UUID_BYTES];
        fields.get(offset, text);
        return LayerUuid.parse(new String(text, StandardCharsets.ISO_8859_1)).orElse(LayerUuid.NULL);
    }

    private static byte[] ascii(LayerUuid uuid) {
        return uuid.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String hexOfMagic(ByteBuffer block) {
        ByteBuffer fields = block.slice();
        return String.format("%016X %08X...", fields.getLong(MAGIC0_OFFSET), fields.getInt(MAGIC1_LOW_OFFSET));
    }
}
