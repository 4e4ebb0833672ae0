package io.overlaybd.service.prefetch;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.ForwardingSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Tells of reads that succeeded, and of the end. Thread-safe as what it wraps. */
final class TracedSource extends ForwardingSource {

    /** Who is told. */
    interface Listener {

        /** So many bytes were read. */
        default void read(long offsetBytes, int lengthBytes) {}

        /** The source is about to be closed; may be told more than once. */
        void closing();

        /** The source is closed; told once for each {@link #closing}. */
        default void closed() {}
    }

    private final Listener listener;

    TracedSource(BlobSource inner, Listener listener) {
        super(inner);
        this.listener = listener;
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int lengthBytes = dst.remaining();
        super.readFully(offsetBytes, dst);
        listener.read(offsetBytes, lengthBytes);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int lengthBytes = dst.remaining();
        boolean done = super.tryReadFully(offsetBytes, dst);
        if (done) {
            listener.read(offsetBytes, lengthBytes);
        }
        return done;
    }

    @Override
    public void close() throws IOException {
        listener.closing();
        try {
            super.close();
        } finally {
            listener.closed();
        }
    }
}
