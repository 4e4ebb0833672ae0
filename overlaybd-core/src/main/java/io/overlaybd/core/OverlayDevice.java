package io.overlaybd.core;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A stack of layers as a disk, read-only. How a read goes: {@link StackReader}.
 *
 * <p>Segments may lie beyond the end of the device, legally; they are never seen.
 *
 * <p>Thread-safety: any thread may read; immutable but for being closed.
 */
public final class OverlayDevice implements BlockDevice {

    private final String name;
    private final LayerStack stack;
    private final StackReader reader;
    private final long sizeBytes;

    /** Takes over {@code stack}. A size that is no multiple of a sector is cut down to one. */
    public OverlayDevice(String name, LayerStack stack) {
        this.name = name;
        this.stack = stack;
        this.reader = new StackReader(stack);
        this.sizeBytes = Sectors.toBytes(Sectors.containing(stack.virtualSizeBytes()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    /** The layers below. */
    public LayerStack layers() {
        return stack;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name, offsetBytes, dst.remaining(), sizeBytes);
        reader.read(offsetBytes, dst, true);
    }

    @Override
    public boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name, offsetBytes, dst.remaining(), sizeBytes);
        int start = dst.position();
        boolean done = reader.read(offsetBytes, dst, false);
        if (!done) {
            dst.position(start);
        }
        return done;
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        Ranges.check(name, offsetBytes, lengthBytes, sizeBytes);
        ExtentJoiner joiner = new ExtentJoiner(offsetBytes, offsetBytes + lengthBytes, visitor);
        reader.extents(offsetBytes, Long.MAX_VALUE, joiner);
    }

    /** Closes the layers. */
    @Override
    public void close() throws IOException {
        stack.close();
    }
}
