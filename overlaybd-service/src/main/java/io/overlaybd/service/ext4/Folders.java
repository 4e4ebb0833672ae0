package io.overlaybd.service.ext4;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What is in folders; remembers it, for many files lie in few of them. */
final class Folders {

    private static final int MAX_KEPT_ENTRIES = 16384;

    private final Disk disk;
    private final int blockBytes;
    private final Map<Long, Map<String, Long>> kept = new HashMap<>();
    private int keptEntries;

    Folders(Disk disk, int blockBytes) {
        this.disk = disk;
        this.blockBytes = blockBytes;
    }

    /** The numbers of inodes, by their names in {@code folder}. */
    Map<String, Long> entries(Inode folder) throws IOException {
        Map<String, Long> known = kept.get(folder.number());
        if (known == null) {
            known = Directory.read(disk, blockBytes, folder);
            if (keptEntries > MAX_KEPT_ENTRIES) {
                kept.clear();
                keptEntries = 0;
            }
            kept.put(folder.number(), known);
            keptEntries += known.size();
        }
        return known;
    }
}
