package io.overlaybd.service.ext4;

import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the blocks of an inode are. Little endian; a node is
 *
 * <pre>
 *   0  u16  magic 0xF30A
 *   2  u16  entries
 *   4  u16  capacity
 *   6  u16  depth; 0: the entries are extents, else nodes of one less
 *   8  u32  generation
 *  12  entries of 12 bytes
 *
 *  extent   u32 block of the file   u16 blocks, above 32768: that many less 32768, not written yet   u16 device block, upper   u32 lower
 *  node     u32 block of the file   u32 device block, lower   u16 upper   u16
 * </pre>
 *
 * The root lies in the inode, the others fill a block each. At most {@value #MAX_EXTENTS} extents are told, as in the original.
 */
final class ExtentTree {

    static final int MAX_EXTENTS = 8192;

    private static final int MAGIC = 0xF30A;
    private static final int MAX_DEPTH = 5;
    private static final int HEADER_BYTES = 12;
    private static final int ENTRY_BYTES = 12;
    private static final int MAX_WRITTEN_BLOCKS = 32768;

    private final Disk disk;
    private final int blockBytes;
    private final List<Extent> extents = new ArrayList<>();
    private int nodesLeft = MAX_EXTENTS;

    private ExtentTree(Disk disk, int blockBytes) {
        this.disk = disk;
        this.blockBytes = blockBytes;
    }

    /** The extents of an inode that were written, none beyond its end. */
    static List<Extent> of(Disk disk, int blockBytes, Inode inode) throws IOException {
        if (inode.hasBytesInside() || inode.lengthBytes() == 0) {
            return List.of();
        }
        if (!inode.hasExtents()) {
            throw new CorruptFormatException(
                    disk.name(), inode.placeBytes(), "inode " + inode.number() + " has no extents, as of ext2 or ext3");
        }
        ExtentTree tree = new ExtentTree(disk, blockBytes);
        int depth = Short.toUnsignedInt(inode.root().getShort(6));
        tree.visit(inode.root(), inode.rootPlaceBytes(), depth, inode.lengthBytes());
        return tree.extents;
    }

    private void visit(ByteBuffer node, long placeBytes, int depth, long lengthBytes) throws IOException {
        int entries = Short.toUnsignedInt(node.getShort(2));
        boolean isNode = Short.toUnsignedInt(node.getShort(0)) == MAGIC
                && entries <= (node.limit() - HEADER_BYTES) / ENTRY_BYTES
                && Short.toUnsignedInt(node.getShort(6)) == depth
                && depth <= MAX_DEPTH;
        if (!isNode || nodesLeft-- == 0) {
            throw new CorruptFormatException(
                    disk.name(), placeBytes, "this is no node of depth " + depth + " of an extent tree");
        }
        for (int i = 0; i < entries && extents.size() < MAX_EXTENTS; i++) {
            int at = HEADER_BYTES + i * ENTRY_BYTES;
            if (depth == 0) {
                add(node, at, placeBytes + at, lengthBytes);
            } else {
                long block = blockNumber(node.getShort(at + 8), node.getInt(at + 4));
                long place = disk.placeBytes(block, blockBytes, placeBytes + at);
                visit(disk.read(place, blockBytes), place, depth - 1, lengthBytes);
            }
        }
    }

    private static long blockNumber(short upper, int lower) {
        return Short.toUnsignedLong(upper) << Integer.SIZE | Integer.toUnsignedLong(lower);
    }

    private void add(ByteBuffer node, int at, long placeBytes, long lengthBytes) throws CorruptFormatException {
        long fileOffset = Integer.toUnsignedLong(node.getInt(at)) * blockBytes;
        int blocks = Short.toUnsignedInt(node.getShort(at + 4));
        if (blocks == 0 || blocks > MAX_WRITTEN_BLOCKS || fileOffset >= lengthBytes) {
            return;
        }
        long block = blockNumber(node.getShort(at + 6), node.getInt(at + 8));
        disk.placeBytes(block + blocks, blockBytes, placeBytes);
        long length = Math.min((long) blocks * blockBytes, lengthBytes - fileOffset);
        extents.add(new Extent(fileOffset, block * blockBytes, length));
    }
}
