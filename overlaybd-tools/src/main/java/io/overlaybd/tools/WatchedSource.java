package io.overlaybd.tools;

import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Tells a {@link Progress} of every read. The owner of the source inside closes that. Thread-confined. */
record WatchedSource(BlobSource inner, Progress progress) implements BlobSource {

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
        progress.add(lengthBytes);
    }

    @Override
    public void close() {}
}
