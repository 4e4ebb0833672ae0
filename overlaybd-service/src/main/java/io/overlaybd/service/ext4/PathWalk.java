package io.overlaybd.service.ext4;

import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** From a path to its inode, as the kernel goes: through folders and links, wherever they are in it, and never out of the root. */
final class PathWalk {

    private static final long ROOT_INODE = 2;
    private static final int MAX_LINKS = 40;
    private static final int MAX_LINK_BYTES = 4096;

    private final Disk disk;
    private final int blockBytes;
    private final InodeTable inodes;
    private final Folders folders;

    PathWalk(Disk disk, int blockBytes, InodeTable inodes, Folders folders) {
        this.disk = disk;
        this.blockBytes = blockBytes;
        this.inodes = inodes;
        this.folders = folders;
    }

    /** @throws NoSuchFileException if the path leads nowhere, or through too many links */
    Inode find(String path) throws IOException {
        Deque<Inode> way = new ArrayDeque<>(List.of(inodes.get(ROOT_INODE)));
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
        Long number = folder.isFolder() ? folders.entries(folder).get(name) : null;
        if (number == null) {
            throw new NoSuchFileException(path);
        }
        return inodes.get(number);
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
            for (Extent extent : ExtentTree.of(disk, blockBytes, link)) {
                int length = (int) extent.lengthBytes();
                disk.read(extent.deviceOffsetBytes(), length).get(target, (int) extent.fileOffsetBytes(), length);
            }
        }
        return new String(target, StandardCharsets.ISO_8859_1);
    }
}
