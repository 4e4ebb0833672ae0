package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A remote blob read through a {@link BlobCache}. What is missing is fetched from this source's own origin, or comes along
 * with what another reader of the blob is fetching. Thread-safe.
 */
public final class CachedBlobSource implements BlobSource {

    private final BlobCache cache;
    private final CacheEntry entry;
    private final BlobStore store;
    private final BlobOrigin origin;
    private final Reader reader;
    private final AtomicBoolean closed = new AtomicBoolean();

    CachedBlobSource(BlobCache cache, CacheEntry entry, BlobStore store, BlobOrigin origin) {
        this.cache = cache;
        this.entry = entry;
        this.store = store;
        this.origin = origin;
        this.reader = new Reader(origin);
    }

    @Override
    public String name() {
        return origin.name();
    }

    /** The blob's digest, {@code sha256:<hex>}. */
    public String digest() {
        return entry.digest().text();
    }

    @Override
    public long sizeBytes() {
        return store.sizeBytes();
    }

    /** What happened to the blob since it was opened, through whichever source. */
    public CacheMetrics metrics() {
        return store.metrics();
    }

    /** {@inheritDoc} The buffer must be writable. */
    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        check(offsetBytes, dst);
        store.read(offsetBytes, dst, reader);
    }

    /** {@inheritDoc} Answers true if every byte is in the page cache and was compared with its checksum before. */
    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        check(offsetBytes, dst);
        return store.tryRead(offsetBytes, dst, false);
    }

    /** {@inheritDoc} Fetches nothing while units cannot be kept: they would have to be fetched again. */
    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        checkOpen();
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes());
        store.prefetch(offsetBytes, lengthBytes, reader);
    }

    /**
     * Reads from an offset what lies here, as far as it lies here without a gap, and moves the position of {@code dst} as far:
     * perhaps not at all. Never asks the origin, nor waits for somebody who does.
     *
     * @throws java.io.EOFException if the range of the whole buffer does not lie within the blob
     */
    public void readKept(long offsetBytes, ByteBuffer dst) throws IOException {
        check(offsetBytes, dst);
        store.readKept(offsetBytes, dst);
    }

    /**
     * Where at or after an offset the next bytes are that seem to lie here; {@code endBytes} if there are none before it.
     *
     * @throws java.io.EOFException if the range does not lie within the blob
     */
    public long nextKept(long offsetBytes, long endBytes) throws IOException {
        checkOpen();
        Ranges.check(name(), offsetBytes, endBytes - offsetBytes, sizeBytes());
        return store.nextKept(offsetBytes, endBytes);
    }

    /** Length of the units in which {@link #fetchInBackground} fetches; no longer than a refill unit. */
    public int unitBytes() {
        return store.unitBytes();
    }

    /**
     * {@link #prefetch} of what nobody waits for yet: only of the units that the range touches, and only when the link has room
     * beside what readers wait for. Who then reads a unit that is on its way waits for that; nobody else notices.
     *
     * @throws java.io.InterruptedIOException if the thread was interrupted while it waited for its turn
     */
    public void fetchInBackground(long offsetBytes, long lengthBytes) throws IOException {
        checkOpen();
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes());
        store.fetchInBackground(offsetBytes, lengthBytes, reader.origin());
    }

    private void check(long offsetBytes, ByteBuffer dst) throws IOException {
        checkOpen();
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("cannot read into a read-only buffer");
        }
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes());
    }

    private void checkOpen() throws ClosedChannelException {
        if (closed.get()) {
            throw new ClosedChannelException();
        }
    }

    /**
     * Drops the refill units that touch the range. The next read asks the origin, whether there was something to drop or
     * another reader of the same bad bytes has dropped it already; so the answer is true for every range but an empty one,
     * and who calls bounds how often he tries.
     */
    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        checkOpen();
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes());
        if (lengthBytes == 0) {
            return false;
        }
        origin.distrust();
        store.evict(offsetBytes, lengthBytes);
        return true;
    }

    /** {@inheritDoc} Reads that wait for the origin, or for what another source is fetching, fail; other sources ask their own. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            reader.go();
            origin.close();
            store.leave(reader);
            cache.release(entry);
        }
    }
}
