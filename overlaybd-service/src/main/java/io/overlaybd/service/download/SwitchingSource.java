package io.overlaybd.service.download;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import io.overlaybd.io.StoredRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob that is read through the cache until its file is whole, then from the file, and through the cache again should the file
 * turn out damaged: the same bytes, so that nothing above has to know.
 *
 * <p>A read takes whichever side is current, without a lock or a count. A switch replaces the side and closes the one before; a
 * read that this breaks is made again on the new one. So a read that waits for a silent registry is served at once.
 *
 * <p>Thread-safety: as every source. Switching and closing are guarded by the monitor, which is not held during I/O; one thread
 * at a time asks the registry whether it can step in.
 */
final class SwitchingSource implements BlobSource {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchingSource.class);

    /** A disk that damages what it was given is not given the blob for ever. */
    private static final int MOST_REPAIRS = 2;

    private record Side(BlobSource source, boolean isLocal) {}

    private final Downloads downloads;
    private final ImageDownloads image;
    private final RemoteBlob blob;
    private final Optional<Path> directory;
    private final Optional<Fingerprint> fingerprint;
    private final long sizeBytes;
    private final Object stepIn = new Object();
    private final AtomicInteger complaints = new AtomicInteger();
    private final AtomicInteger repairs = new AtomicInteger();
    private volatile Side side;
    private volatile boolean closed;

    private SwitchingSource(
            ImageDownloads image, RemoteBlob blob, Optional<Path> directory, Side first, Fingerprint fingerprint) {
        this.downloads = image.downloads();
        this.image = image;
        this.blob = blob;
        this.directory = directory;
        this.fingerprint = Optional.ofNullable(fingerprint);
        this.side = first;
        this.sizeBytes = first.source.sizeBytes();
    }

    /** Begins with the blob as the cache gives it. */
    static SwitchingSource remote(ImageDownloads image, RemoteBlob blob, Path directory, BlobSource remote) {
        return new SwitchingSource(image, blob, Optional.of(directory), new Side(remote, false), null);
    }

    /** Begins with a file that is said to be the blob. Without a directory it is never repaired. */
    static SwitchingSource local(ImageDownloads image, RemoteBlob blob, Optional<Path> directory, BlobSource local)
            throws IOException {
        return new SwitchingSource(image, blob, directory, new Side(local, true), Fingerprint.of(local));
    }

    RemoteBlob blob() {
        return blob;
    }

    ImageDownloads image() {
        return image;
    }

    Optional<Path> directory() {
        return directory;
    }

    @Override
    public String name() {
        return side.source.name();
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
            Side from = side;
            try {
                from.source.readFully(offsetBytes, dst);
                return;
            } catch (IOException e) {
                if (!isReplaced(from) && !fellBack(from, e)) {
                    throw e;
                }
                dst.position(start);
            }
        }
    }

    private boolean isReplaced(Side from) {
        return !closed && side != from;
    }

    /** {@inheritDoc} A file that fails is left to {@link #readFully}, which may wait. */
    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int start = dst.position();
        Side from = side;
        try {
            return from.source.tryReadFully(offsetBytes, dst);
        } catch (IOException e) {
            if (closed || !from.isLocal && side == from) {
                throw e;
            }
            dst.position(start);
            return false;
        }
    }

    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        Side from = side;
        try {
            from.source.prefetch(offsetBytes, lengthBytes);
        } catch (IOException e) {
            if (!isReplaced(from)) {
                throw e;
            }
        }
    }

    @Override
    public StoredRange stored(long offsetBytes, long lengthBytes) throws IOException {
        return side.source.stored(offsetBytes, lengthBytes);
    }

    /**
     * {@inheritDoc} Of a file the first complaint is only noted: the bad bytes may have come from the registry just before the
     * switch. With the second one the registry steps in.
     */
    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        Side from = side;
        if (from.isLocal) {
            return complaints.incrementAndGet() == 1 || fellBack(from, new IOException("blocks have wrong checksums"));
        }
        try {
            return from.source.evict(offsetBytes, lengthBytes);
        } catch (IOException e) {
            if (!isReplaced(from)) {
                throw e;
            }
            return true;
        }
    }

    /**
     * Goes on from the registry where a file fails, if it has the same blob.
     *
     * @throws IOException that tells of both, with the registry's as the cause, which may pass
     */
    private boolean fellBack(Side from, IOException why) throws IOException {
        if (!from.isLocal) {
            return false;
        }
        synchronized (stepIn) {
            if (closed || side != from) {
                return !closed;
            }
            try {
                switchTo(new Side(openSame(), false));
            } catch (IOException e) {
                IOException both = new IOException(
                        from.source.name() + ": " + why.getMessage() + "; nor can it be read from the registry: "
                                + e.getMessage(),
                        e);
                both.addSuppressed(why);
                throw both;
            }
        }
        LOG.warn("{}: {}; the layer is read from {} instead", from.source.name(), why.getMessage(), blob.name());
        downloads.counters().fallbacks.increment();
        complaints.set(0);
        if (repairs.incrementAndGet() <= MOST_REPAIRS) {
            downloads.repair(this);
        }
        return true;
    }

    private BlobSource openSame() throws IOException {
        BlobSource remote = blob.open();
        boolean isSame = false;
        try {
            isSame = remote.sizeBytes() == sizeBytes
                    && (fingerprint.isEmpty() || fingerprint.get().equals(Fingerprint.of(remote)));
        } finally {
            if (!isSame) {
                remote.close();
            }
        }
        if (!isSame) {
            throw new IOException(blob.name() + ": cannot step in, it is another file");
        }
        return remote;
    }

    /** Takes over the file of the blob, whole and verified; reads that begin from now on go there. */
    void switchTo(BlobSource local) {
        if (local.sizeBytes() != sizeBytes) {
            throw new IllegalArgumentException(local.name() + ": " + local.sizeBytes() + " bytes, not " + sizeBytes);
        }
        switchTo(new Side(local, true));
    }

    private void switchTo(Side next) {
        Side before = next;
        synchronized (this) {
            if (!closed) {
                before = side;
                side = next;
            }
        }
        close(before.source);
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
        close(side.source);
        downloads.unfollow(this);
    }
}
