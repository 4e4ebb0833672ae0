package io.overlaybd.service;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.StoredRange;
import io.overlaybd.service.metrics.Flow;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A remote layer whose reads are counted, and timed where they may wait. Thread-safe, as what it wraps. */
final class MeasuredBlob implements BlobSource {

    private final BlobSource inner;
    private final Flow flow;

    MeasuredBlob(BlobSource inner, Flow flow) {
        this.inner = inner;
        this.flow = flow;
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
        long startNanos = System.nanoTime();
        inner.readFully(offsetBytes, dst);
        flow.passed(lengthBytes, System.nanoTime() - startNanos);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int lengthBytes = dst.remaining();
        boolean done = inner.tryReadFully(offsetBytes, dst);
        if (done) {
            flow.passed(lengthBytes);
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
        inner.close();
    }
}
