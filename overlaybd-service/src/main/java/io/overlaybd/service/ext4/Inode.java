package io.overlaybd.service.ext4;

import java.nio.ByteBuffer;

/**
 * A file, a folder, a link. Little endian, as far as it is of interest:
 *
 * <pre>
 *   0  u16  mode      its upper 4 bits are the kind
 *   4  u32  length    lower half, bytes
 *  32  u32  flags     0x80000: has an extent tree; 0x10000000: has its bytes here
 *  40  60   root of the extent tree, or the target of a short link
 * 108  u32  length    upper half
 * </pre>
 *
 * @param placeBytes where it lies on the device
 * @param root the 60 bytes
 */
record Inode(long number, long placeBytes, int mode, long lengthBytes, int flags, ByteBuffer root) {

    static final int LENGTH_BYTES = 128;
    static final int ROOT_OFFSET = 40;
    static final int ROOT_BYTES = 60;

    private static final int MODE_OFFSET = 0;
    private static final int LENGTH_LOW_OFFSET = 4;
    private static final int FLAGS_OFFSET = 32;
    private static final int LENGTH_HIGH_OFFSET = 108;

    private static final int KIND = 0xF000;
    private static final int FOLDER = 0x4000;
    private static final int FILE = 0x8000;
    private static final int LINK = 0xA000;

    private static final int HAS_EXTENTS = 0x80000;
    private static final int HAS_BYTES_INSIDE = 0x10000000;

    /** Takes it from little-endian bytes. */
    static Inode decode(long number, long placeBytes, ByteBuffer bytes) {
        long low = Integer.toUnsignedLong(bytes.getInt(LENGTH_LOW_OFFSET));
        long high = Integer.toUnsignedLong(bytes.getInt(LENGTH_HIGH_OFFSET));
        return new Inode(
                number,
                placeBytes,
                Short.toUnsignedInt(bytes.getShort(MODE_OFFSET)),
                high << Integer.SIZE | low,
                bytes.getInt(FLAGS_OFFSET),
                bytes.slice(ROOT_OFFSET, ROOT_BYTES).order(bytes.order()));
    }

    boolean isFolder() {
        return (mode & KIND) == FOLDER;
    }

    boolean isFile() {
        return (mode & KIND) == FILE;
    }

    boolean isLink() {
        return (mode & KIND) == LINK;
    }

    boolean hasExtents() {
        return (flags & HAS_EXTENTS) != 0;
    }

    /** Whether nothing of it lies elsewhere. */
    boolean hasBytesInside() {
        return (flags & HAS_BYTES_INSIDE) != 0;
    }

    /** Where its root lies on the device. */
    long rootPlaceBytes() {
        return placeBytes + ROOT_OFFSET;
    }
}
