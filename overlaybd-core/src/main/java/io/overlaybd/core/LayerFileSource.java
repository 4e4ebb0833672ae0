package io.overlaybd.core;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The first bytes of a writable layer's file, which will not change. Closing it closes the file if it owns it. Thread-safe. */
final class LayerFileSource implements BlobSource {

    private final LayerFile file;
    private final long sizeBytes;
    private final boolean owned;

    LayerFileSource(LayerFile file, long sizeBytes, boolean owned) {
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.owned = owned;
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
        file.readFully(offsetBytes, dst);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
        int start = dst.position();
        boolean done = file.tryReadFully(offsetBytes, dst);
        if (!done) {
            dst.position(start);
        }
        return done;
    }

    @Override
    public void close() {
        if (owned) {
            file.close();
        }
    }
}
