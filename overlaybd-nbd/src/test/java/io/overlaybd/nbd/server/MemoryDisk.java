package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.Ranges;
import io.overlaybd.testing.MemoryDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A writable disk in memory, which counts flushes and may be made to fail. */
class MemoryDisk implements BlockDevice {

    final MemoryDevice content;
    final AtomicInteger flushes = new AtomicInteger();

    MemoryDisk(int sizeBytes) {
        this(new MemoryDevice("memory", sizeBytes));
    }

    MemoryDisk(MemoryDevice content) {
        this.content = content;
    }

    @Override
    public String name() {
        return content.name();
    }

    @Override
    public long sizeBytes() {
        return content.sizeBytes();
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public synchronized void read(long offsetBytes, ByteBuffer dst) throws IOException {
        content.read(offsetBytes, dst);
    }

    @Override
    public synchronized void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        content.extents(offsetBytes, lengthBytes, visitor);
    }

    @Override
    public synchronized void write(long offsetBytes, ByteBuffer src) throws IOException {
        Ranges.checkWrite(name(), offsetBytes, src.remaining(), sizeBytes());
        byte[] data = new byte[src.remaining()];
        src.get(data);
        content.write(offsetBytes, data);
    }

    @Override
    public synchronized void discard(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.checkWrite(name(), offsetBytes, lengthBytes, sizeBytes());
        content.zero(offsetBytes, (int) lengthBytes);
    }

    @Override
    public void flush() throws IOException {
        flushes.incrementAndGet();
    }

    @Override
    public void close() {
        content.close();
    }
}
