package io.overlaybd.service;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.ForwardingSource;
import io.overlaybd.service.metrics.Flow;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A remote layer whose reads are counted, and timed where they may wait. Thread-safe, as what it wraps. */
final class MeasuredBlob extends ForwardingSource {

    private final Flow flow;

    MeasuredBlob(BlobSource inner, Flow flow) {
        super(inner);
        this.flow = flow;
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int lengthBytes = dst.remaining();
        long startNanos = System.nanoTime();
        super.readFully(offsetBytes, dst);
        flow.passed(lengthBytes, System.nanoTime() - startNanos);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int lengthBytes = dst.remaining();
        boolean done = super.tryReadFully(offsetBytes, dst);
        if (done) {
            flow.passed(lengthBytes);
        }
        return done;
    }
}
