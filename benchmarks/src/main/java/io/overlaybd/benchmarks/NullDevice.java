package io.overlaybd.benchmarks;

import io.overlaybd.io.BlockDevice;
import java.nio.ByteBuffer;

/** A disk of zeros, which are had at once: what is left is the way to it. Thread-safe. */
final class NullDevice implements BlockDevice {

    private static final byte[] ZEROS = new byte[64 * 1024];

    private final long sizeBytes;

    NullDevice(long sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    @Override
    public String name() {
        return "zeros";
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) {
        while (dst.hasRemaining()) {
            dst.put(ZEROS, 0, Math.min(ZEROS.length, dst.remaining()));
        }
    }

    @Override
    public boolean tryRead(long offsetBytes, ByteBuffer dst) {
        read(offsetBytes, dst);
        return true;
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) {
        visitor.visit(offsetBytes, lengthBytes, ExtentKind.ZERO);
    }

    @Override
    public void close() {}
}
