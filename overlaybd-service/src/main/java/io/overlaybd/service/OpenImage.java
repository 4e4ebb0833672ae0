package io.overlaybd.service;

import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * An image that is open under a device id: its device, of which snapshots can be taken while it is in use. The id is free again
 * once it is closed. Thread-safe.
 */
final class OpenImage implements BlockDevice {

    private final String devId;
    private final OpenImages images;
    private final BlockDevice device;
    private final LiveSnapshots snapshots;

    OpenImage(String devId, OpenImages images, BlockDevice device, LiveSnapshots snapshots) {
        this.devId = devId;
        this.images = images;
        this.device = device;
        this.snapshots = snapshots;
    }

    /** As {@link ImageService#snapshot}. */
    void snapshot(Path newConfigFile) throws IOException {
        snapshots.take(newConfigFile);
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

    /** A snapshot that is being taken comes to its end first. */
    @Override
    public void close() throws IOException {
        if (snapshots.end()) {
            try {
                device.close();
            } finally {
                images.release(devId);
            }
        }
    }
}
