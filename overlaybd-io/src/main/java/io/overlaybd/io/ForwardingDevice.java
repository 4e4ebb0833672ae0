package io.overlaybd.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A device that does what another one does, but for what a subclass changes. Owns the other one. As thread-safe as that. */
public abstract class ForwardingDevice implements BlockDevice {

    private final BlockDevice device;

    /** In front of a device. */
    protected ForwardingDevice(BlockDevice device) {
        this.device = device;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public long sizeBytes() {
        return device.sizeBytes();
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) throws IOException {
        device.read(offsetBytes, dst);
    }

    @Override
    public boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
        return device.tryRead(offsetBytes, dst);
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        device.extents(offsetBytes, lengthBytes, visitor);
    }

    @Override
    public boolean isReadOnly() {
        return device.isReadOnly();
    }

    @Override
    public void write(long offsetBytes, ByteBuffer src) throws IOException {
        device.write(offsetBytes, src);
    }

    @Override
    public void discard(long offsetBytes, long lengthBytes) throws IOException {
        device.discard(offsetBytes, lengthBytes);
    }

    @Override
    public void flush() throws IOException {
        device.flush();
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
