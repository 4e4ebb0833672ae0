package io.overlaybd.zfile.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * zstd frames at level 3, which is all that the original writes. A context costs more to make than a block costs to
 * decode, so each direction keeps its own once it was needed.
 */
final class ZstdCodec implements BlockCodec {

    private static final int LEVEL = 3;

    private ZstdCompressCtx compressor;
    private ZstdDecompressCtx decompressor;
    private boolean closed;

    @Override
    public int maxCompressedBytes(int plainBytes) {
        return (int) Zstd.compressBound(plainBytes);
    }

    @Override
    public int compress(ByteBuffer plain, int plainIndex, int plainBytes, ByteBuffer dst, int dstIndex)
            throws IOException {
        try {
            return compressor()
                    .compressDirectByteBuffer(dst, dstIndex, dst.limit() - dstIndex, plain, plainIndex, plainBytes);
        } catch (ZstdException e) {
            throw new IOException("zstd cannot compress " + plainBytes + " bytes: " + e.getMessage(), e);
        }
    }

    @Override
    public int decompress(
            ByteBuffer payload, int payloadIndex, int payloadBytes, ByteBuffer dst, int dstIndex, int dstBytes)
            throws IOException {
        try {
            return decompressor()
                    .decompressDirectByteBuffer(dst, dstIndex, dstBytes, payload, payloadIndex, payloadBytes);
        } catch (ZstdException e) {
            throw new IOException(
                    "zstd payload of " + payloadBytes + " bytes does not decode to at most " + dstBytes + " bytes: "
                            + e.getMessage(),
                    e);
        }
    }

    private ZstdCompressCtx compressor() {
        if (compressor == null) {
            refuseIfClosed();
            compressor = new ZstdCompressCtx()
                    .setLevel(LEVEL)
                    .setContentSize(true)
                    .setChecksum(false)
                    .setDictID(false);
        }
        return compressor;
    }

    private ZstdDecompressCtx decompressor() {
        if (decompressor == null) {
            refuseIfClosed();
            decompressor = new ZstdDecompressCtx();
        }
        return decompressor;
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException("the codec is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        if (compressor != null) {
            compressor.close();
        }
        if (decompressor != null) {
            decompressor.close();
        }
    }
}
