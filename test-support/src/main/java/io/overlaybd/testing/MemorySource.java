package io.overlaybd.testing;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import java.io.EOFException;
import java.nio.ByteBuffer;

/** Bytes on the heap as a source that never blocks. Thread-safe as long as nobody changes the array. */
public final class MemorySource implements BlobSource {

    private final String name;
    private final byte[] bytes;

    /** A source over {@code bytes}, which it does not copy. */
    public MemorySource(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return bytes.length;
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws EOFException {
        Ranges.check(name, offsetBytes, dst.remaining(), bytes.length);
        dst.put(bytes, (int) offsetBytes, dst.remaining());
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws EOFException {
        readFully(offsetBytes, dst);
        return true;
    }

    @Override
    public void close() {}
}
