package io.overlaybd.zfile;

import io.overlaybd.io.BlobSink;
import java.nio.ByteBuffer;

/** Counts what is written and forgets it. Thread-confined. */
final class CountingNullSink implements BlobSink {

    private long positionBytes;

    @Override
    public String name() {
        return "nowhere";
    }

    @Override
    public long positionBytes() {
        return positionBytes;
    }

    @Override
    public void write(ByteBuffer src) {
        positionBytes += src.remaining();
        src.position(src.limit());
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
}
