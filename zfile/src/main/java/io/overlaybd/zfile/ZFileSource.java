package io.overlaybd.zfile;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import io.overlaybd.io.StoredRange;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The plain content of a ZFile. A block is checked on every read if the file has checksums, and must decode to its exact
 * length; what is wrong is evicted and read again, three times if need be, as long as {@link BlobSource#evict} of the
 * inner source finds a copy to drop. Then it is a {@link io.overlaybd.io.CorruptFormatException}.
 *
 * <p>A read takes one read of the inner source for each 256 KiB or less of stored blocks that lie side by side; if it
 * takes several, the whole is prefetched first. Into a direct buffer, whole blocks are decoded in place; reading neither
 * locks nor, in the steady state, allocates.
 *
 * <p>Thread-safety: immutable; any thread may call any method.
 */
public final class ZFileSource implements BlobSource {

    private final BlobSource inner;
    private final String name; // asked for once: making a name may cost more than the check that wants it
    private final ZFileHeader header;
    private final BlockReader reader;

    /** Takes over {@code inner}. */
    ZFileSource(BlobSource inner, ZFileLayout layout) {
        this.inner = inner;
        name = inner.name();
        header = layout.header();
        reader = new BlockReader(inner, layout);
    }

    /** What the file says of itself, in its header or in its trailer. */
    public ZFileHeader header() {
        return header;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return header.plainBytes();
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        read(offsetBytes, dst, true);
    }

    /** Answers false for a bad block too: to load it again may take time. */
    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        return read(offsetBytes, dst, false);
    }

    private boolean read(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        Ranges.check(name, offsetBytes, dst.remaining(), header.plainBytes());
        if (!dst.hasRemaining()) {
            return true;
        }
        Scratch scratch = ScratchPool.take();
        try {
            return reader.read(offsetBytes, dst, scratch, mayWait);
        } finally {
            ScratchPool.give(scratch);
        }
    }

    @Override
    public void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.check(name, offsetBytes, lengthBytes, header.plainBytes());
        if (lengthBytes > 0) {
            reader.prefetch(offsetBytes, lengthBytes);
        }
    }

    @Override
    public StoredRange stored(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.check(name, offsetBytes, lengthBytes, header.plainBytes());
        return lengthBytes == 0 ? inner.stored(0, 0) : reader.stored(offsetBytes, lengthBytes);
    }

    /** Evicts the blocks that the range touches. */
    @Override
    public boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.check(name, offsetBytes, lengthBytes, header.plainBytes());
        return lengthBytes > 0 && reader.evict(offsetBytes, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
