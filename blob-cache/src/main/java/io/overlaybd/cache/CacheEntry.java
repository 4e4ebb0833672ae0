package io.overlaybd.cache;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One blob that lies in the cache, open or not. Opening, closing and removing hold the entry's lock; the space it takes is
 * guarded by the monitor.
 */
final class CacheEntry {

    private final BlobDigest digest;
    private final Path dataPath;
    private final Path presencePath;
    private final Capacity capacity;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile Instant lastUsed = Instant.MIN;
    private volatile BlobStore store; // written under the lock; null while closed
    private int opens; // guarded by the lock
    private boolean gone; // guarded by the lock
    private long allocatedBytes; // guarded by this

    CacheEntry(BlobDigest digest, CacheDirectory directory, Capacity capacity) {
        this.digest = digest;
        this.dataPath = directory.blob(digest);
        this.presencePath = directory.record(digest);
        this.capacity = capacity;
    }

    BlobDigest digest() {
        return digest;
    }

    Path dataPath() {
        return dataPath;
    }

    Path presencePath() {
        return presencePath;
    }

    ReentrantLock lock() {
        return lock;
    }

    BlobStore store() {
        return store;
    }

    Instant lastUsed() {
        return lastUsed;
    }

    boolean isGone() {
        return gone;
    }

    void opened(BlobStore opened) {
        store = opened;
        opens++;
    }

    /** Counts one user less; true if that was the last. */
    boolean closedOnce() {
        opens--;
        return opens == 0;
    }

    void closedWholly() {
        store = null;
    }

    /** Reads what a file that nobody has open says of its last use and of its space. */
    void takeIn() throws IOException {
        lastUsed = Files.getLastModifiedTime(dataPath).toInstant();
        long nowBytes = allocatedBytes(dataPath) + (Files.exists(presencePath) ? allocatedBytes(presencePath) : 0);
        synchronized (this) {
            bookAs(nowBytes);
        }
    }

    private static long allocatedBytes(Path path) throws IOException {
        try (FileDescriptor file = FileDescriptor.openReadOnly(path)) {
            return file.allocatedBytes();
        }
    }

    /** Notes the use where it outlives the process: in the file's modification time. */
    void markUsed(Instant now) {
        lastUsed = now;
        try {
            if (Files.exists(dataPath)) {
                Files.setLastModifiedTime(dataPath, FileTime.from(now));
            }
        } catch (IOException e) {
            // Only the order of eviction after a restart suffers.
            return;
        }
    }

    /** Books what the files take now. */
    synchronized void book(UnitFiles files) {
        try {
            bookAs(files.allocatedBytes());
        } catch (IOException closedOrBroken) {
            // The last known figure stands.
            return;
        }
    }

    private void bookAs(long nowBytes) {
        capacity.book(nowBytes - allocatedBytes);
        allocatedBytes = nowBytes;
    }

    synchronized long allocatedBytes() {
        return allocatedBytes;
    }

    /** Deletes the files of a blob that nobody has open, the record first. The entry is of no use afterwards. */
    void remove() throws IOException {
        Files.deleteIfExists(presencePath);
        Files.deleteIfExists(dataPath);
        gone = true;
        synchronized (this) {
            bookAs(0);
        }
    }
}
