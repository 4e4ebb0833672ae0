package io.overlaybd.service.download;

import io.overlaybd.cache.CachedBlobSource;
import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.FileSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try of a download, from what lies in the directory to the committed file:
 *
 * <pre>
 *  a committed file is there: hash it; right: done, wrong: an error (or remove it, if a reader has complained)
 *  lock .download; hash what is there; then block by block, in order, hashing
 *     space? reads on demand first; the rate; then from the cache what it has, the rest in requests of their own
 *  the digest is right: sync, rename, sync the directory        wrong: nothing stays
 * </pre>
 *
 * Thread-confined.
 */
final class DownloadRun {

    private static final Logger LOG = LoggerFactory.getLogger(DownloadRun.class);

    /** So that the end does not have to wait for the disk to take in all at once. */
    private static final long SYNC_BYTES = 64 << 20;

    private final Download download;
    private final RemoteBlob blob;
    private final Path directory;
    private final Stop stop;
    private final ByteBuffer buffer;

    DownloadRun(Download download) {
        this.download = download;
        this.blob = download.blob();
        this.directory = download.directory();
        this.stop = download.stop();
        this.buffer = ByteBuffer.allocateDirect(download.blockBytes());
    }

    /**
     * Runs to the end.
     *
     * @return the committed file, whose bytes are those of the blob; empty if nobody wants one
     */
    Optional<Path> run() throws IOException {
        Path committed = directory.resolve(PartialFile.COMMITTED);
        if (isThere(committed)) {
            return Optional.of(committed);
        }
        if (!download.isEnabled()) {
            return Optional.empty();
        }
        try (PartialFile partial = PartialFile.open(directory)) {
            if (!isThere(committed)) { // it may have come before the lock was had
                fetch(partial);
                partial.publish();
            }
        }
        return Optional.of(committed);
    }

    /** Whether a whole and right file is there already; a wrong one that a reader has complained of is removed. */
    private boolean isThere(Path committed) throws IOException {
        if (Files.notExists(committed)) {
            return false;
        }
        String problem = problemOf(committed);
        if (problem == null) {
            return true;
        }
        if (!download.isSuspect()) {
            throw new IOException(
                    committed + ": " + problem + ": somebody put another file there; it is left alone, and the"
                            + " layer is read from the registry");
        }
        LOG.warn("{}: {}: the file is removed, and fetched again if downloads are enabled", committed, problem);
        Files.deleteIfExists(committed);
        return false;
    }

    /** What is wrong with its bytes, null if nothing is. That it cannot be opened says nothing of them. */
    private String problemOf(Path committed) throws IOException {
        try (FileSource file = FileSource.open(committed)) {
            return problemOf(file);
        }
    }

    private String problemOf(FileSource file) throws StoppedException {
        BlobHash hash = new BlobHash();
        try {
            hash.update(file::readFully, file.sizeBytes(), stop);
        } catch (StoppedException e) {
            throw e;
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
        String found = hash.digest();
        return found.equals(blob.digest()) ? null : "expected " + blob.digest() + ", found " + found;
    }

    private void fetch(PartialFile partial) throws IOException {
        try (BlobOrigin origin = blob.origin();
                CachedBlobSource cached = blob.open()) {
            stop.closes(origin);
            append(partial, cached, origin);
        }
    }

    private void append(PartialFile partial, CachedBlobSource cached, BlobOrigin origin) throws IOException {
        long totalBytes = cached.sizeBytes();
        long prefixBytes = partial.keepPrefix(totalBytes);
        BlobHash hash = new BlobHash();
        download.started(prefixBytes, totalBytes);
        for (long at = prefixBytes; at < totalBytes; at += buffer.limit()) {
            long toBoundary = buffer.capacity() - at % buffer.capacity();
            buffer.clear().limit((int) Math.min(toBoundary, totalBytes - at));
            makeWay(partial, totalBytes - at);
            fill(at, cached, origin);
            if (at == prefixBytes) { // not before the registry has answered: it may be asked often
                hash.update(partial::read, prefixBytes, stop);
            }
            hash.update(buffer.flip());
            partial.append(at, buffer.flip());
            download.progressed(at + buffer.limit());
            if ((at + buffer.limit()) % SYNC_BYTES == 0) {
                partial.sync();
            }
        }
        if (prefixBytes == totalBytes) {
            hash.update(partial::read, totalBytes, stop);
        }
        verify(partial, cached, origin, hash.digest());
    }

    /** Everything that a block waits for. */
    private void makeWay(PartialFile partial, long leftBytes) throws IOException {
        partial.checkSpace(leftBytes, download.settings().freeSpaceFloorBytes());
        stop.pause(download.bookNanos(buffer.remaining()));
        download.foreground().standBack(download.settings().longestYield(), stop);
    }

    private void fill(long offsetBytes, CachedBlobSource cached, BlobOrigin origin) throws IOException {
        long endBytes = offsetBytes + buffer.limit();
        for (long at = offsetBytes; at < endBytes; at = offsetBytes + buffer.position()) {
            if (!download.isForced()) {
                cached.readKept(at, buffer);
                download.fromCache(offsetBytes + buffer.position() - at);
                at = offsetBytes + buffer.position();
            }
            if (at < endBytes) {
                long keptAt = download.isForced() ? endBytes : cached.nextKept(at, endBytes);
                fetch(at, keptAt == at ? endBytes : keptAt, cached.sizeBytes(), origin);
            }
        }
    }

    /** Fetches a range to where {@code buffer} is; what the cache has but cannot give just now comes along. */
    private void fetch(long atBytes, long untilBytes, long totalBytes, BlobOrigin origin) throws IOException {
        int limit = buffer.limit();
        int lengthBytes = (int) (untilBytes - atBytes);
        buffer.limit(buffer.position() + lengthBytes);
        int endPosition = buffer.limit();
        long foundBytes = origin.fetch(atBytes, buffer);
        if (foundBytes != totalBytes || buffer.position() != endPosition) {
            throw new EOFException(
                    blob.name() + ": length of the blob: expected " + totalBytes + ", found " + foundBytes);
        }
        buffer.limit(limit);
        download.fetched(lengthBytes);
    }

    private void verify(PartialFile partial, CachedBlobSource cached, BlobOrigin origin, String found)
            throws IOException {
        if (!found.equals(blob.digest())) {
            partial.discard();
            origin.distrust();
            throw new WrongDigestException(blob.name() + ": all bytes of the blob make " + found
                    + ", not the digest; they are thrown away. If this comes again, the registry or a proxy on the way has"
                    + " other bytes: compare with sha256sum, and push the layer again");
        }
        if (download.isForced()) {
            cached.evict(0, cached.sizeBytes());
            LOG.warn("{}: what the cache had of it may be wrong, and is dropped", blob.name());
        }
    }
}
