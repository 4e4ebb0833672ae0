package io.overlaybd.tools;

import io.overlaybd.io.BlobSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Tells a {@link Progress} of every write. The owner of the sink inside closes that. Thread-confined. */
record WatchedSink(BlobSink inner, Progress progress) implements BlobSink {

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public long positionBytes() {
        return inner.positionBytes();
    }

    @Override
    public void write(ByteBuffer src) throws IOException {
        int lengthBytes = src.remaining();
        inner.write(src);
        progress.add(lengthBytes);
    }

    @Override
    public void finish() throws IOException {
        inner.finish();
    }

    @Override
    public void close() {}
}
