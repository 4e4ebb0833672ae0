package io.overlaybd.tools;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A blob that was made in memory. Thread-safe as long as nobody changes the bytes. */
record BytesSource(String name, byte[] bytes) implements BlobSource {

    @Override
    public long sizeBytes() {
        return bytes.length;
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        Ranges.check(name, offsetBytes, dst.remaining(), bytes.length);
        dst.put(bytes, (int) offsetBytes, dst.remaining());
    }

    @Override
    public void close() {}
}
