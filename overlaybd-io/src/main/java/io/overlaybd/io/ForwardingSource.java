package io.overlaybd.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A source that has what another one has, with what a subclass does besides when it is read. Owns the other one. As thread-safe as
 * that.
 */
public abstract class ForwardingSource implements BlobSource {

    private final BlobSource source;

    /** In front of a source. */
    protected ForwardingSource(BlobSource source) {
        this.source = source;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public long sizeBytes() {
        return source.sizeBytes();
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        source.readFully(offsetBytes, dst);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        return source.tryReadFully(offsetBytes, dst);
    }

    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        source.prefetch(offsetBytes, lengthBytes);
    }

    @Override
    public StoredRange stored(long offsetBytes, long lengthBytes) throws IOException {
        return source.stored(offsetBytes, lengthBytes);
    }

    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        return source.evict(offsetBytes, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
