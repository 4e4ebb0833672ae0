package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.BlockDevice;
import java.nio.ByteBuffer;

/** A disk of any size whose bytes tell their place: each 8 bytes hold their offset. */
record HugeDevice(long sizeBytes) implements BlockDevice {

    @Override
    public String name() {
        return "huge";
    }

    @Override
    public void read(long offsetBytes, ByteBuffer dst) {
        for (long at = offsetBytes; dst.hasRemaining(); at++) {
            long word = at & -Long.BYTES;
            dst.put((byte) (word >> 8 * (Long.BYTES - 1 - (at - word))));
        }
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) {
        visitor.visit(offsetBytes, lengthBytes, ExtentKind.DATA);
    }

    @Override
    public void close() {}
}
