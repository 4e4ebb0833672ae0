package io.overlaybd.io.tar;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A layer with the tar wrapper around it, made while it is read: the same bytes that a {@link TarSink} writes, without a
 * second file. Thread-safe as what it wraps.
 */
public final class TarSource implements BlobSource {

    private final BlobSource inner;
    private final ByteBuffer head;
    private final long payloadEndBytes;
    private final long sizeBytes;

    /** Takes over {@code inner}. */
    public TarSource(BlobSource inner) {
        this.inner = inner;
        head = TarWrapper.head(inner.sizeBytes());
        payloadEndBytes = Math.addExact(head.capacity(), inner.sizeBytes());
        sizeBytes = Math.addExact(payloadEndBytes, TarWrapper.tailBytes(payloadEndBytes));
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        read(offsetBytes, dst, true);
    }

    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int start = dst.position();
        boolean done = read(offsetBytes, dst, false);
        if (!done) {
            dst.position(start);
        }
        return done;
    }

    private boolean read(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
        long at = offsetBytes;
        if (at < head.capacity() && dst.hasRemaining()) {
            int count = Math.min(head.capacity() - (int) at, dst.remaining());
            dst.put(head.slice((int) at, count));
            at += count;
        }
        if (at < payloadEndBytes && dst.hasRemaining() && !readPayload(at, dst, mayWait)) {
            return false;
        }
        while (dst.hasRemaining()) {
            dst.put((byte) 0);
        }
        return true;
    }

    private boolean readPayload(long at, ByteBuffer dst, boolean mayWait) throws IOException {
        int limit = dst.limit();
        dst.limit(dst.position() + (int) Math.min(payloadEndBytes - at, dst.remaining()));
        try {
            if (mayWait) {
                inner.readFully(at - head.capacity(), dst);
                return true;
            }
            return inner.tryReadFully(at - head.capacity(), dst);
        } finally {
            dst.limit(limit);
        }
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
