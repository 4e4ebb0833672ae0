package io.overlaybd.io.tar;

import io.overlaybd.io.BlobSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Puts the tar wrapper on a layer, byte for byte as the original overlaybd does: extended header, one block of records
 * with the size, header, payload from byte {@value #HEAD_BYTES} on, zeros to a full block, two zero blocks. The size is
 * known last, so the head is rewritten at the end. Thread-confined.
 */
public final class TarSink implements BlobSink {

    private static final int HEAD_BYTES = TarWrapper.HEAD_BYTES;

    private final BlobSink inner;

    /** Takes over {@code inner}, which must be empty and able to rewrite its head. */
    public TarSink(BlobSink inner) throws IOException {
        if (inner.positionBytes() != 0 || !inner.canRewriteHead()) {
            throw new IllegalArgumentException(
                    inner.name() + ": a tar wrapper needs an empty file whose first bytes can be written last");
        }
        this.inner = inner;
        inner.write(ByteBuffer.allocate(HEAD_BYTES));
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public long positionBytes() {
        return inner.positionBytes() - HEAD_BYTES;
    }

    @Override
    public void write(ByteBuffer src) throws IOException {
        inner.write(src);
    }

    @Override
    public boolean canRewriteHead() {
        return true;
    }

    @Override
    public void rewriteHead(long offsetBytes, ByteBuffer src) throws IOException {
        if (offsetBytes < 0) {
            throw new IllegalArgumentException("negative offset " + offsetBytes);
        }
        inner.rewriteHead(Math.addExact(HEAD_BYTES, offsetBytes), src);
    }

    @Override
    public void finish() throws IOException {
        ByteBuffer head = TarWrapper.head(positionBytes());
        inner.write(ByteBuffer.allocate(TarWrapper.tailBytes(inner.positionBytes())));
        inner.rewriteHead(0, head);
        inner.finish();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
