package io.overlaybd.service.download;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob that is read through the cache until its file is whole, then from the file: the same bytes, so that nothing above has
 * to know.
 *
 * <p>A read takes whichever source is current, without a lock or a count. The switch replaces the current one and closes the one
 * before; a read that this breaks is made again with the new one. So a read that waits for a silent registry is served at once.
 *
 * <p>Thread-safety: as every source; switching and closing are guarded by the monitor.
 */
final class SwitchingSource implements BlobSource {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchingSource.class);

    private final Downloads downloads;
    private final ImageDownloads image;
    private final RemoteBlob blob;
    private final Path directory;
    private final long sizeBytes;
    private volatile BlobSource current;
    private volatile boolean closed;

    SwitchingSource(Downloads downloads, ImageDownloads image, RemoteBlob blob, Path directory, BlobSource first) {
        this.downloads = downloads;
        this.image = image;
        this.blob = blob;
        this.directory = directory;
        this.current = first;
        this.sizeBytes = first.sizeBytes();
    }

    RemoteBlob blob() {
        return blob;
    }

    ImageDownloads image() {
        return image;
    }

    Path directory() {
        return directory;
    }

    @Override
    public String name() {
        return current.name();
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
        int start = dst.position();
        while (true) {
            BlobSource source = current;
            try {
                source.readFully(offsetBytes, dst);
                return;
            } catch (IOException e) {
                if (!isReplaced(source)) {
                    throw e;
                }
                dst.position(start);
            }
        }
    }

    private boolean isReplaced(BlobSource source) {
        return !closed && current != source;
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int start = dst.position();
        BlobSource source = current;
        try {
            return source.tryReadFully(offsetBytes, dst);
        } catch (IOException e) {
            if (!isReplaced(source)) {
                throw e;
            }
            dst.position(start);
            return false;
        }
    }

    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        BlobSource source = current;
        try {
            source.prefetch(offsetBytes, lengthBytes);
        } catch (IOException e) {
            if (!isReplaced(source)) {
                throw e;
            }
        }
    }

    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        BlobSource source = current;
        try {
            return source.evict(offsetBytes, lengthBytes);
        } catch (IOException e) {
            if (!isReplaced(source)) {
                throw e;
            }
            return true;
        }
    }

    /** Takes over {@code next}, which has the same bytes; reads that begin from now on go there. */
    void switchTo(BlobSource next) {
        if (next.sizeBytes() != sizeBytes) {
            throw new IllegalArgumentException(next.name() + ": " + next.sizeBytes() + " bytes, not " + sizeBytes);
        }
        BlobSource before = next;
        synchronized (this) {
            if (!closed) {
                before = current;
                current = next;
            }
        }
        close(before);
    }

    private static void close(BlobSource source) {
        try {
            source.close();
        } catch (IOException e) {
            LOG.warn("{}: cannot be closed: {}", source.name(), e.toString());
        }
    }

    /** {@inheritDoc} Its download ends within a bound, if nobody else has the layer open. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        close(current);
        downloads.unfollow(this);
    }
}
