package io.overlaybd.zfile;

import io.overlaybd.io.BlobSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A sink that fails at its n-th call that does something. Thread-confined. */
final class FailingSink implements BlobSink {

    private final BlobSink inner;
    private final int failingCall;
    private final boolean canRewriteHead;
    private int calls;
    private boolean closed;

    /** Never fails if {@code failingCall} is negative. */
    FailingSink(BlobSink inner, int failingCall, boolean canRewriteHead) {
        this.inner = inner;
        this.failingCall = failingCall;
        this.canRewriteHead = canRewriteHead;
    }

    int calls() {
        return calls;
    }

    boolean isClosed() {
        return closed;
    }

    private void count() throws IOException {
        if (calls++ == failingCall) {
            throw new IOException("no space left");
        }
    }

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
        count();
        inner.write(src);
    }

    @Override
    public boolean canRewriteHead() {
        return canRewriteHead;
    }

    @Override
    public void rewriteHead(long offsetBytes, ByteBuffer src) throws IOException {
        count();
        inner.rewriteHead(offsetBytes, src);
    }

    @Override
    public void finish() throws IOException {
        count();
        inner.finish();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        inner.close();
    }
}
