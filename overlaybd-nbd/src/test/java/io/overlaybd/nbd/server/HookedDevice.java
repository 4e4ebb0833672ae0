package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A device whose reads always may block, and go through a hook first: one that waits, throws or looks around. */
final class HookedDevice implements BlockDevice {

    /** Is run before each read. */
    interface Hook {
        void before(long offsetBytes, int lengthBytes) throws IOException;
    }

    private final BlockDevice inner;
    private final Hook hook;
    final AtomicInteger reads = new AtomicInteger();

    HookedDevice(BlockDevice inner, Hook hook) {
        this.inner = inner;
        this.hook = hook;
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
    public void read(long offsetBytes, ByteBuffer dst) throws IOException {
        reads.incrementAndGet();
        hook.before(offsetBytes, dst.remaining());
        inner.read(offsetBytes, dst);
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        inner.extents(offsetBytes, lengthBytes, visitor);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
