package io.overlaybd.cache;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where things lie: blobs at {@code <dir>/sha256:<hex>} as the original has them, their records at {@code
 * <dir>.presence/sha256:<hex>}, because the original takes every file below its directory for a blob. The lock on {@code
 * <dir>.presence/lock} keeps a second process, or a second cache of this one, out. Immutable.
 */
final class CacheDirectory implements Closeable {

    private static final String LOCK_NAME = "lock";

    private final Path blobs;
    private final Path records;
    private final FileDescriptor lock;

    private CacheDirectory(Path blobs, Path records, FileDescriptor lock) {
        this.blobs = blobs;
        this.records = records;
        this.lock = lock;
    }

    static CacheDirectory open(Path directory) throws IOException {
        Path blobs = directory.toAbsolutePath().normalize();
        if (blobs.getFileName() == null) {
            throw new IOException("cannot cache in " + blobs + ": expected a directory that is not a root");
        }
        Path records = blobs.resolveSibling(blobs.getFileName() + ".presence");
        Files.createDirectories(blobs);
        Files.createDirectories(records);
        return new CacheDirectory(blobs, records, lock(blobs, records.resolve(LOCK_NAME)));
    }

    private static FileDescriptor lock(Path blobs, Path path) throws IOException {
        FileDescriptor lock = FileDescriptor.openReadWrite(path);
        try {
            if (!lock.tryLock()) {
                throw new IOException(
                        "cache directory " + blobs + " is in use by another process or cache (lock file " + path + ")");
            }
            return lock;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    Path path() {
        return blobs;
    }

    Path blob(BlobDigest digest) {
        return blobs.resolve(digest.text());
    }

    Path record(BlobDigest digest) {
        return records.resolve(digest.text());
    }

    /** The blobs that lie here; other files are left alone. */
    List<BlobDigest> blobs() throws IOException {
        return digestsIn(blobs);
    }

    /** Removes the records of blobs that are gone. */
    void removeOrphans() throws IOException {
        for (BlobDigest digest : digestsIn(records)) {
            if (!Files.exists(blob(digest), LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(record(digest));
            }
        }
    }

    private static List<BlobDigest> digestsIn(Path directory) throws IOException {
        List<BlobDigest> digests = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "sha256:*")) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    BlobDigest.ifWellFormed(file.getFileName().toString()).ifPresent(digests::add);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return digests;
    }

    @Override
    public void close() {
        lock.close();
    }
}
