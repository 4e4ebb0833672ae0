package io.overlaybd.io.sys;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Free space of a file system. Not from its {@code FileStore}, which the JDK does not find where the root is no mount point, as in a
 * chroot. Stateless.
 */
public final class FreeSpace {

    private FreeSpace() {}

    /**
     * Bytes that this process may still write to the file system of a file or directory.
     *
     * @throws IOException if that cannot be told: then nothing is known, not that it is full
     */
    public static long usableBytes(Path path) throws IOException {
        File file = path.toFile();
        long bytes = file.getUsableSpace();
        if (bytes == 0 && file.getTotalSpace() == 0) { // how the JDK says that it failed
            throw new IOException(path + ": its file system does not tell how much space is free");
        }
        return bytes;
    }
}
