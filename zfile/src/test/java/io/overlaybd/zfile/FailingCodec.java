package io.overlaybd.zfile;

import io.overlaybd.zfile.codec.BlockCodec;
import io.overlaybd.zfile.codec.CodecId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A codec that breaks, unchecked, at a block of the test's choosing. */
final class FailingCodec implements BlockCodec {

    /** What all codecs of a writer count together. Thread-safe. */
    static final class Count {
        private final AtomicInteger blocksLeft;
        private final AtomicInteger open = new AtomicInteger();

        Count(int blocksBeforeFailure) {
            blocksLeft = new AtomicInteger(blocksBeforeFailure);
        }

        /** Codecs made and not closed. */
        int open() {
            return open.get();
        }
    }

    private final BlockCodec inner = CodecId.LZ4.newCodec();
    private final Count count;

    FailingCodec(Count count) {
        this.count = count;
        count.open.incrementAndGet();
    }

    @Override
    public int maxCompressedBytes(int plainBytes) {
        return inner.maxCompressedBytes(plainBytes);
    }

    @Override
    public int compress(ByteBuffer plain, int plainIndex, int plainBytes, ByteBuffer dst, int dstIndex)
            throws IOException {
        if (count.blocksLeft.getAndDecrement() == 0) {
            throw new IllegalStateException("broken codec");
        }
        return inner.compress(plain, plainIndex, plainBytes, dst, dstIndex);
    }

    @Override
    public int decompress(
            ByteBuffer payload, int payloadIndex, int payloadBytes, ByteBuffer dst, int dstIndex, int dstBytes)
            throws IOException {
        return inner.decompress(payload, payloadIndex, payloadBytes, dst, dstIndex, dstBytes);
    }

    @Override
    public void close() {
        inner.close();
        count.open.decrementAndGet();
    }
}
