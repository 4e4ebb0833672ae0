package io.overlaybd.testing;

import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes reads on and remembers which were made, so that a test can say what a read may cost. Thread-safe. */
public final class CountingSource implements BlobSource {

    /** One read that reached the source. */
    public record Read(long offsetBytes, int lengthBytes) {}

    private final BlobSource inner;
    private final List<Read> reads = new CopyOnWriteArrayList<>();
    private final AtomicInteger closes = new AtomicInteger();

    /** Counts what reaches {@code inner}. */
    public CountingSource(BlobSource inner) {
        this.inner = inner;
    }

    /** The reads so far, in the order of their arrival. */
    public List<Read> reads() {
        return List.copyOf(reads);
    }

    /** Forgets the reads so far. */
    public void reset() {
        reads.clear();
    }

    /** How often {@link #close()} was called. */
    public int closes() {
        return closes.get();
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public long sizeBytes() {
        return inner.sizeBytes();
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        reads.add(new Read(offsetBytes, dst.remaining()));
        inner.readFully(offsetBytes, dst);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        reads.add(new Read(offsetBytes, dst.remaining()));
        return inner.tryReadFully(offsetBytes, dst);
    }

    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        inner.prefetch(offsetBytes, lengthBytes);
    }

    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        return inner.evict(offsetBytes, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        closes.incrementAndGet();
        inner.close();
    }
}
