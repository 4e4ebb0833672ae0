package io.overlaybd.service.ext4;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An ext4 file system on a device, to be asked where its files lie. Symbolic links are followed, wherever they are in a path.
 *
 * <p>{@link CorruptFormatException}: something in the way to one file is damaged, or of a kind that is not known here; others may
 * be well. Any other {@link IOException}, but for {@link NoSuchFileException}: the device cannot be read, or there is too much to look into.
 *
 * <p>Thread-confined.
 */
public final class Ext4 {

    private static final Logger LOG = LoggerFactory.getLogger(Ext4.class);

    private static final long ROOT_INODE = 2;
    private static final int MAX_LINKS = 40;
    private static final int MAX_LINK_BYTES = 4096;
    private static final int MAX_VISITED = 65536;
    private static final int MAX_KEPT_ENTRIES = 16384;
    private static final int TABLE_LOW_OFFSET = 8;
    private static final int TABLE_HIGH_OFFSET = 0x28;

    private final Disk disk;
    private final Superblock superblock;
    private final Map<Long, Map<String, Long>> folders = new HashMap<>();
    private int keptEntries;

    private Ext4(Disk disk, Superblock superblock) {
        this.disk = disk;
        this.superblock = superblock;
    }

    /** Looks at a file system; {@code device} stays the caller's, and has to be open while this is used. */
    public static Ext4 open(BlockDevice device) throws IOException {
        Disk disk = new Disk(device);
        ByteBuffer head = disk.read(Superblock.PLACE_BYTES, Superblock.LENGTH_BYTES);
        return new Ext4(disk, Superblock.decode(device.name(), head));
    }

    /**
     * Where the bytes of a file lie, as far as they were written.
     *
     * @throws NoSuchFileException if there is no such file; a folder is none
     */
    public List<Extent> extentsOfFile(String path) throws IOException {
        Inode file = find(path);
        if (!file.isFile()) {
            throw new NoSuchFileException(path, null, "is no file");
        }
        return ExtentTree.of(disk, superblock.blockBytes(), file);
    }

    /** Receives the extents of one file. */
    @FunctionalInterface
    public interface FileVisitor {
        void visit(List<Extent> extents) throws IOException;
    }

    /**
     * Visits the files in a folder and in the folders below, until {@value #MAX_VISITED} files and folders were seen. Links are not followed,
     * what is damaged is left out.
     *
     * @throws NoSuchFileException if there is no such folder
     */
    public void visitFilesBelow(String path, FileVisitor visitor) throws IOException {
        Inode top = find(path);
        if (!top.isFolder()) {
            throw new NoSuchFileException(path, null, "is no folder");
        }
        Set<Long> seen = new HashSet<>(Set.of(top.number()));
        Deque<Inode> folders = new ArrayDeque<>(List.of(top));
        while (!folders.isEmpty()) {
            for (long number : numbersIn(folders.pop())) {
                if (seen.size() < MAX_VISITED && seen.add(number)) {
                    visit(number, folders, visitor);
                }
            }
        }
    }

    private List<Long> numbersIn(Inode folder) throws IOException {
        try {
            return List.copyOf(entries(folder).values());
        } catch (CorruptFormatException e) {
            LOG.debug("left out: {}", e.getMessage());
            return List.of();
        }
    }

    private void visit(long number, Deque<Inode> folders, FileVisitor visitor) throws IOException {
        List<Extent> extents = List.of();
        try {
            Inode inode = inode(number);
            if (inode.isFolder()) {
                folders.push(inode);
            } else if (inode.isFile()) {
                extents = ExtentTree.of(disk, superblock.blockBytes(), inode);
            }
        } catch (CorruptFormatException e) {
            LOG.debug("left out: {}", e.getMessage());
        }
        visitor.visit(extents);
    }

    private Inode find(String path) throws IOException {
        Deque<Inode> way = new ArrayDeque<>(List.of(inode(ROOT_INODE)));
        Deque<String> names = new ArrayDeque<>(Arrays.asList(path.split("/")));
        for (int links = 0; links <= MAX_LINKS; links++) {
            Inode link = walk(way, names, path);
            if (link == null) {
                return way.peek();
            }
            follow(target(link), way, names);
        }
        throw new NoSuchFileException(path, null, "too many links");
    }

    /** Takes names until there are none, then answers null; or until a link. */
    private Inode walk(Deque<Inode> way, Deque<String> names, String path) throws IOException {
        while (!names.isEmpty()) {
            String name = names.pop();
            if (name.equals("..") && way.size() > 1) {
                way.pop();
            } else if (!name.isEmpty() && !name.equals(".") && !name.equals("..")) {
                Inode next = inode(way.peek(), name, path);
                if (next.isLink()) {
                    return next;
                }
                way.push(next);
            }
        }
        return null;
    }

    private static void follow(String target, Deque<Inode> way, Deque<String> names) {
        List<String> steps = Arrays.asList(target.split("/"));
        for (int i = steps.size() - 1; i >= 0; i--) {
            names.push(steps.get(i));
        }
        while (target.startsWith("/") && way.size() > 1) {
            way.pop();
        }
    }

    private Inode inode(Inode folder, String name, String path) throws IOException {
        Long number = folder.isFolder() ? entries(folder).get(name) : null;
        if (number == null) {
            throw new NoSuchFileException(path);
        }
        return inode(number);
    }

    private String target(Inode link) throws IOException {
        if (link.lengthBytes() < 0 || link.lengthBytes() > MAX_LINK_BYTES) {
            throw new CorruptFormatException(
                    disk.name(), link.placeBytes(), "link of " + link.lengthBytes() + " bytes");
        }
        byte[] target = new byte[(int) link.lengthBytes()];
        if (!link.hasExtents() && target.length <= Inode.ROOT_BYTES) {
            link.root().get(0, target);
        } else {
            for (Extent extent : ExtentTree.of(disk, superblock.blockBytes(), link)) {
                int length = (int) extent.lengthBytes();
                disk.read(extent.deviceOffsetBytes(), length).get(target, (int) extent.fileOffsetBytes(), length);
            }
        }
        return new String(target, StandardCharsets.ISO_8859_1);
    }

    private Map<String, Long> entries(Inode folder) throws IOException {
        Map<String, Long> known = folders.get(folder.number());
        if (known == null) {
            known = Directory.read(disk, superblock.blockBytes(), folder);
            if (keptEntries > MAX_KEPT_ENTRIES) {
                folders.clear();
                keptEntries = 0;
            }
            folders.put(folder.number(), known);
            keptEntries += known.size();
        }
        return known;
    }

    private Inode inode(long number) throws IOException {
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
