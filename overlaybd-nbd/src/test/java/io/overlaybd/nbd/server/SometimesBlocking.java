package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.MemoryDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/** A device of which a part seems to be far away: every other read of one that must not block does not come about. */
record SometimesBlocking(MemoryDevice inner) implements BlockDevice {

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
        inner.read(offsetBytes, dst);
    }

    @Override
    public boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
        return ThreadLocalRandom.current().nextBoolean() && inner.tryRead(offsetBytes, dst);
    }

    @Override
    public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException {
        inner.extents(offsetBytes, lengthBytes, visitor);
    }

    @Override
    public void close() {
        inner.close();
    }
}
