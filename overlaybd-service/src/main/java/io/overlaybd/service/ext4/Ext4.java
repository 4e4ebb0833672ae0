package io.overlaybd.service.ext4;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
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

    private static final int MAX_VISITED = 65536;

    private final Disk disk;
    private final int blockBytes;
    private final InodeTable inodes;
    private final Folders folders;
    private final PathWalk paths;

    private Ext4(Disk disk, Superblock superblock) {
        this.disk = disk;
        this.blockBytes = superblock.blockBytes();
        this.inodes = new InodeTable(disk, superblock);
        this.folders = new Folders(disk, blockBytes);
        this.paths = new PathWalk(disk, blockBytes, inodes, folders);
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
        Inode file = paths.find(path);
        if (!file.isFile()) {
            throw new NoSuchFileException(path, null, "is no file");
        }
        return ExtentTree.of(disk, blockBytes, file);
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
        Inode top = paths.find(path);
        if (!top.isFolder()) {
            throw new NoSuchFileException(path, null, "is no folder");
        }
        Set<Long> seen = new HashSet<>(Set.of(top.number()));
        Deque<Inode> left = new ArrayDeque<>(List.of(top));
        while (!left.isEmpty()) {
            for (long number : numbersIn(left.pop())) {
                if (seen.size() < MAX_VISITED && seen.add(number)) {
                    visit(number, left, visitor);
                }
            }
        }
    }

    private List<Long> numbersIn(Inode folder) throws IOException {
        try {
            return List.copyOf(folders.entries(folder).values());
        } catch (CorruptFormatException e) {
            LOG.debug("left out: {}", e.getMessage());
            return List.of();
        }
    }

    private void visit(long number, Deque<Inode> left, FileVisitor visitor) throws IOException {
        List<Extent> extents = List.of();
        try {
            Inode inode = inodes.get(number);
            if (inode.isFolder()) {
                left.push(inode);
            } else if (inode.isFile()) {
                extents = ExtentTree.of(disk, blockBytes, inode);
            }
        } catch (CorruptFormatException e) {
            LOG.debug("left out: {}", e.getMessage());
        }
        visitor.visit(extents);
    }
}
