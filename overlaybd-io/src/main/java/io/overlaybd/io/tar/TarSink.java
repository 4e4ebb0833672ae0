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

    private static final int HEAD_BYTES = 3 * TarHeader.BYTES;
    private static final String EXTENDED_NAME = "overlaybd.pax";
    private static final String MEMBER_NAME = "overlaybd.commit";

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
        byte[] record = PaxRecords.encodeSize(positionBytes());
        long end = inner.positionBytes();
        long padding = TarWrapper.roundUp(end) - end;
        inner.write(ByteBuffer.allocate((int) padding + 2 * TarHeader.BYTES));
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        head.put(TarHeader.encodeExtended(EXTENDED_NAME, record.length));
        head.put(TarHeader.BYTES, record);
        head.put(2 * TarHeader.BYTES, TarHeader.encodeFile(MEMBER_NAME).array());
        inner.rewriteHead(0, head.rewind());
        inner.finish();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
