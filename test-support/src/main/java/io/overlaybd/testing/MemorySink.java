package io.overlaybd.testing;

import io.overlaybd.io.BlobSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A sink on the heap that remembers whether it was finished. Thread-confined. */
public final class MemorySink implements BlobSink {

    private byte[] written = new byte[0];
    private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
    private boolean finished;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public long positionBytes() {
        return written.length + tail.size();
    }

    @Override
    public void write(ByteBuffer src) {
        byte[] bytes = new byte[src.remaining()];
        src.get(bytes);
        tail.writeBytes(bytes);
    }

    @Override
    public boolean canRewriteHead() {
        return true;
    }

    @Override
    public void rewriteHead(long offsetBytes, ByteBuffer src) {
        if (offsetBytes < 0 || src.remaining() > positionBytes() - offsetBytes) {
            throw new IllegalArgumentException("range not written yet");
        }
        byte[] all = bytes();
        src.get(all, (int) offsetBytes, src.remaining());
        written = all;
        tail.reset();
    }

    /** All bytes so far, a copy. */
    public byte[] bytes() {
        return ByteBuffer.allocate((int) positionBytes())
                .put(written)
                .put(tail.toByteArray())
                .array();
    }

    /** Whether {@link #finish()} was reached. */
    public boolean isFinished() {
        return finished;
    }

    @Override
    public void finish() {
        finished = true;
    }

    @Override
    public void close() {}
}
