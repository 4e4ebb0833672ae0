package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.Ranges;
import java.io.EOFException;
import java.nio.ByteBuffer;

/** A device of any size with nothing in it. */
record HoleDevice(long sizeBytes) implements BlockDevice {

    @Override
    public String name() {
        return "holes";
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) throws EOFException {
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
        while (dst.hasRemaining()) {
            dst.put((byte) 0);
        }
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws EOFException {
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes);
        visitor.visit(offsetBytes, lengthBytes, ExtentKind.HOLE);
    }

    @Override
    public void close() {}
}
