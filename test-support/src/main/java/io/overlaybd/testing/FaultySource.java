package io.overlaybd.testing;

import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A source whose reads go through a fault of the test's choosing: one that throws, or changes the bytes that were read.
 * Thread-safe as far as the fault is.
 */
public final class FaultySource implements BlobSource {

    /** Happens after the inner read; may throw, or change {@code bytes} (positioned at what was read). */
    @FunctionalInterface
    public interface Fault {
        /** Decides what becomes of one read. */
        void apply(long offsetBytes, ByteBuffer bytes) throws IOException;
    }

    /** Answers {@link BlobSource#evict}. */
    @FunctionalInterface
    public interface Evictor {
        /** Whether there was something to drop. */
        boolean evict(long offsetBytes, long lengthBytes) throws IOException;
    }

    private final BlobSource inner;
    private final Fault fault;
    private final Evictor evictor;

    /** Reads through {@code fault}; nothing to evict. */
    public FaultySource(BlobSource inner, Fault fault) {
        this(inner, fault, (offset, length) -> false);
    }

    /** Reads through {@code fault}, evicts through {@code evictor}. */
    public FaultySource(BlobSource inner, Fault fault, Evictor evictor) {
        this.inner = inner;
        this.fault = fault;
        this.evictor = evictor;
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
        int start = dst.position();
        inner.readFully(offsetBytes, dst);
        fault.apply(offsetBytes, dst.duplicate().flip().position(start));
    }

    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        inner.prefetch(offsetBytes, lengthBytes);
    }

    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        return evictor.evict(offsetBytes, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
