package io.overlaybd.service.prefetch;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.StoredRange;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Tells of reads that succeeded, and of the end. Thread-safe as what it wraps. */
final class TracedSource implements BlobSource {

    /** Who is told. */
    interface Listener {

        /** So many bytes were read. */
        default void read(long offsetBytes, int lengthBytes) {}

        /** The source is about to be closed; may be told more than once. */
        void closing();

        /** The source is closed; told once for each {@link #closing}. */
        default void closed() {}
    }

    private final BlobSource inner;
    private final Listener listener;

    TracedSource(BlobSource inner, Listener listener) {
        this.inner = inner;
        this.listener = listener;
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
        int lengthBytes = dst.remaining();
        inner.readFully(offsetBytes, dst);
        listener.read(offsetBytes, lengthBytes);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int lengthBytes = dst.remaining();
        boolean done = inner.tryReadFully(offsetBytes, dst);
        if (done) {
            listener.read(offsetBytes, lengthBytes);
        }
        return done;
    }

    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        inner.prefetch(offsetBytes, lengthBytes);
    }

    @Override
    public StoredRange stored(long offsetBytes, long lengthBytes) throws IOException {
        return inner.stored(offsetBytes, lengthBytes);
    }

    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        return inner.evict(offsetBytes, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        listener.closing();
        try {
            inner.close();
        } finally {
            listener.closed();
        }
    }
}
