package io.overlaybd.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A range of another source, as a source of its own. Reads never leave the range. Thread-safe as what it slices. */
public final class SliceSource implements BlobSource {

    private final BlobSource inner;
    private final long startBytes;
    private final long sizeBytes;

    /** Takes over {@code inner}; the range must lie within it. */
    public SliceSource(BlobSource inner, long startBytes, long sizeBytes) throws IOException {
        Ranges.check(inner.name(), startBytes, sizeBytes, inner.sizeBytes());
        this.inner = inner;
        this.startBytes = startBytes;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public String name() {
        return inner.name();
    }

    /** Where the range begins in the source that it is a range of. */
    public long startBytes() {
        return startBytes;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
        inner.readFully(startBytes + offsetBytes, dst);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
        return inner.tryReadFully(startBytes + offsetBytes, dst);
    }

    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes);
        inner.prefetch(startBytes + offsetBytes, lengthBytes);
    }

    @Override
    public StoredRange stored(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes);
        return inner.stored(startBytes + offsetBytes, lengthBytes);
    }

    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes);
        return inner.evict(startBytes + offsetBytes, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
