package io.overlaybd.service.ext4;

import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The inodes, a table for each group of blocks. The descriptors of the groups tell where; of one, little endian, this is of interest:
 *
 * <pre>
 *   8  u32  first block of the table   lower half
 *  40  u32  first block of the table   upper half, with 64-bit block numbers
 * </pre>
 */
final class InodeTable {

    private static final int TABLE_LOW_OFFSET = 8;
    private static final int TABLE_HIGH_OFFSET = 40;

    private final Disk disk;
    private final Superblock superblock;

    InodeTable(Disk disk, Superblock superblock) {
        this.disk = disk;
        this.superblock = superblock;
    }

    Inode get(long number) throws IOException {
        if (number < 1 || number > superblock.inodes()) {
            throw new CorruptFormatException(
                    disk.name(), Superblock.PLACE_BYTES, "inode " + number + " of " + superblock.inodes());
        }
        long group = (number - 1) / superblock.inodesPerGroup();
        long index = (number - 1) % superblock.inodesPerGroup();
        long place = Math.addExact(tableBytes(group), index * superblock.inodeBytes());
        return Inode.decode(number, place, disk.read(place, Inode.LENGTH_BYTES));
    }

    private long tableBytes(long group) throws IOException {
        long place = superblock.descriptorsBlock() * superblock.blockBytes() + group * superblock.descriptorBytes();
        ByteBuffer descriptor = disk.read(place, superblock.descriptorBytes());
        long low = Integer.toUnsignedLong(descriptor.getInt(TABLE_LOW_OFFSET));
        long high = superblock.isWide() ? Integer.toUnsignedLong(descriptor.getInt(TABLE_HIGH_OFFSET)) : 0;
        return disk.placeBytes(high << Integer.SIZE | low, superblock.blockBytes(), place);
    }
}
