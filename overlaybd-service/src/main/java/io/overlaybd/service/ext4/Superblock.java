package io.overlaybd.service.ext4;

import io.overlaybd.io.CorruptFormatException;
import java.nio.ByteBuffer;

/**
 * What a file system says of itself, at byte {@value #PLACE_BYTES} of its device. Little endian, as far as it is of interest:
 *
 * <pre>
 *   0  u32  inodes
 *  20  u32  first data block         1 with blocks of 1 KiB, else 0
 *  24  u32  log2(block length) - 10
 *  40  u32  inodes of a group
 *  56  u16  magic                    0xEF53
 *  76  u32  revision                 0: inodes have 128 bytes
 *  88  u16  inode length             bytes
 *  96  u32  incompatible features
 * 254  u16  length of a group's descriptor, with 64-bit block numbers; else 32
 * </pre>
 *
 * @param descriptorsBlock the block that the table of group descriptors begins in
 */
record Superblock(
        int blockBytes, long inodes, int inodesPerGroup, int inodeBytes, int descriptorBytes, long descriptorsBlock) {

    static final int PLACE_BYTES = 1024;
    static final int LENGTH_BYTES = 1024;

    private static final int INODES_OFFSET = 0;
    private static final int FIRST_BLOCK_OFFSET = 20;
    private static final int LOG_BLOCK_OFFSET = 24;
    private static final int GROUP_INODES_OFFSET = 40;
    private static final int MAGIC_OFFSET = 56;
    private static final int REVISION_OFFSET = 76;
    private static final int INODE_LENGTH_OFFSET = 88;
    private static final int INCOMPATIBLE_OFFSET = 96;
    private static final int DESCRIPTOR_LENGTH_OFFSET = 254;

    private static final int MAGIC = 0xEF53;
    private static final int MIN_LOG_BLOCK = 10;
    private static final int MAX_LOG_BLOCK = 16;
    private static final int OLD_INODE_BYTES = 128;
    private static final int SMALL_DESCRIPTOR_BYTES = 32;
    private static final int WIDE_DESCRIPTOR_BYTES = 64;

    private static final int WIDE_BLOCK_NUMBERS = 0x80;

    /** A journal's own device, descriptors among the data, encrypted names: what is not where it is looked for. */
    private static final int UNSUPPORTED = 0x8 | 0x10 | 0x10000;

    static boolean isAt(ByteBuffer bytes) {
        return Short.toUnsignedInt(bytes.getShort(MAGIC_OFFSET)) == MAGIC;
    }

    /** Takes it from little-endian bytes. */
    static Superblock decode(String resource, ByteBuffer bytes) throws CorruptFormatException {
        if (!isAt(bytes)) {
            int found = Short.toUnsignedInt(bytes.getShort(MAGIC_OFFSET));
            throw problem(resource, MAGIC_OFFSET, "no ext4 file system: magic " + Integer.toHexString(found));
        }
        int incompatible = bytes.getInt(INCOMPATIBLE_OFFSET);
        if ((incompatible & UNSUPPORTED) != 0) {
            throw problem(
                    resource,
                    INCOMPATIBLE_OFFSET,
                    "feature that is not supported: " + Integer.toHexString(incompatible & UNSUPPORTED));
        }
        int logBlock = bounded(resource, bytes, LOG_BLOCK_OFFSET, 0, MAX_LOG_BLOCK - MIN_LOG_BLOCK) + MIN_LOG_BLOCK;
        int blockBytes = 1 << logBlock;
        boolean isOld = bytes.getInt(REVISION_OFFSET) == 0;
        int inodeBytes = isOld ? OLD_INODE_BYTES : Short.toUnsignedInt(bytes.getShort(INODE_LENGTH_OFFSET));
        if (inodeBytes < OLD_INODE_BYTES || inodeBytes > blockBytes) {
            throw problem(resource, INODE_LENGTH_OFFSET, "inodes of " + inodeBytes + " bytes");
        }
        return new Superblock(
                blockBytes,
                Integer.toUnsignedLong(bytes.getInt(INODES_OFFSET)),
                bounded(resource, bytes, GROUP_INODES_OFFSET, 1, 8 * blockBytes),
                inodeBytes,
                descriptorBytes(resource, bytes, incompatible, blockBytes),
                bounded(resource, bytes, FIRST_BLOCK_OFFSET, 0, 1) + 1L);
    }

    private static int descriptorBytes(String resource, ByteBuffer bytes, int incompatible, int blockBytes)
            throws CorruptFormatException {
        if ((incompatible & WIDE_BLOCK_NUMBERS) == 0) {
            return SMALL_DESCRIPTOR_BYTES;
        }
        int length = Short.toUnsignedInt(bytes.getShort(DESCRIPTOR_LENGTH_OFFSET));
        if (length < WIDE_DESCRIPTOR_BYTES || length > blockBytes) {
            throw problem(resource, DESCRIPTOR_LENGTH_OFFSET, "group descriptors of " + length + " bytes");
        }
        return length;
    }

    /** Whether descriptors have the upper halves of block numbers. */
    boolean isWide() {
        return descriptorBytes >= WIDE_DESCRIPTOR_BYTES;
    }

    private static int bounded(String resource, ByteBuffer bytes, int offset, int min, int max)
            throws CorruptFormatException {
        long value = Integer.toUnsignedLong(bytes.getInt(offset));
        if (value < min || value > max) {
            throw problem(resource, offset, "expected " + min + " to " + max + ", found " + value);
        }
        return (int) value;
    }

    private static CorruptFormatException problem(String resource, int offset, String problem) {
        return new CorruptFormatException(resource, PLACE_BYTES + offset, "superblock: " + problem);
    }
}
