package io.overlaybd.service.ext4;

import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The entries of a folder. Little endian; each of its blocks is filled by entries of
 *
 * <pre>
 *   0  u32  inode              0: the entry is empty
 *   4  u16  length of the entry, a multiple of 4; 0 or 65535: 65536
 *   6  u8   length of the name
 *   7  u8   kind, or nothing
 *   8  name
 * </pre>
 *
 * Hashed folders are read from end to end: the nodes of their tree look like empty entries. Names are taken as ISO-8859-1, so that each byte counts.
 */
final class Directory {

    static final int MAX_BYTES = 16 << 20;
    static final int MAX_ENTRIES = 32768;

    private static final int HEADER_BYTES = 8;

    private Directory() {}

    /** Inodes by their names, without "." and "..", in their order on the disk. */
    static Map<String, Long> read(Disk disk, int blockBytes, Inode folder) throws IOException {
        if (folder.hasBytesInside() || folder.lengthBytes() < 0 || folder.lengthBytes() > MAX_BYTES) {
            throw new CorruptFormatException(
                    disk.name(),
                    folder.placeBytes(),
                    "folder of inode " + folder.number() + ": expected blocks of at most " + MAX_BYTES
                            + " bytes together, found " + folder.lengthBytes());
        }
        Map<String, Long> entries = new LinkedHashMap<>();
        for (Extent extent : ExtentTree.of(disk, blockBytes, folder)) {
            for (long done = 0; done < extent.lengthBytes(); done += blockBytes) {
                long place = extent.deviceOffsetBytes() + done;
                readBlock(disk.name(), place, disk.read(place, blockBytes), entries);
                if (entries.size() > MAX_ENTRIES) {
                    throw new CorruptFormatException(
                            disk.name(), place, "folder of more than " + MAX_ENTRIES + " entries");
                }
            }
        }
        return entries;
    }

    private static void readBlock(String resource, long placeBytes, ByteBuffer block, Map<String, Long> entries)
            throws CorruptFormatException {
        for (int at = 0; at < block.limit(); ) {
            int left = block.limit() - at;
            int length = left < HEADER_BYTES ? 0 : entryBytes(block, at);
            int nameLength = left < HEADER_BYTES ? 0 : Byte.toUnsignedInt(block.get(at + 6));
            if (length < HEADER_BYTES || length % 4 != 0 || length > left || nameLength > length - HEADER_BYTES) {
                throw new CorruptFormatException(
                        resource, placeBytes + at, "entry of a folder: " + length + " bytes, name of " + nameLength);
            }
            long inode = Integer.toUnsignedLong(block.getInt(at));
            byte[] name = new byte[nameLength];
            block.get(at + HEADER_BYTES, name);
            String text = new String(name, StandardCharsets.ISO_8859_1);
            if (inode != 0 && !text.equals(".") && !text.equals("..")) {
                entries.put(text, inode);
            }
            at += length;
        }
    }

    private static int entryBytes(ByteBuffer block, int at) {
        int length = Short.toUnsignedInt(block.getShort(at + 4));
        return length == 0 || length == 0xFFFF ? 1 << 16 : length;
    }
}
