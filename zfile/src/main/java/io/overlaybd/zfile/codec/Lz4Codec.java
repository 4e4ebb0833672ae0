package io.overlaybd.zfile.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * LZ4 blocks: the default fast compressor and the decompressor that checks every bound, both native. Stateless, so the
 * same block always gives the same payload, whoever compresses it.
 */
final class Lz4Codec implements BlockCodec {

    private static final LZ4Compressor COMPRESSOR = LZ4Factory.nativeInstance().fastCompressor();
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.nativeInstance().safeDecompressor();

    @Override
    public int maxCompressedBytes(int plainBytes) {
        return COMPRESSOR.maxCompressedLength(plainBytes);
    }

    @Override
    public int compress(ByteBuffer plain, int plainIndex, int plainBytes, ByteBuffer dst, int dstIndex)
            throws IOException {
        try {
            return COMPRESSOR.compress(plain, plainIndex, plainBytes, dst, dstIndex, dst.limit() - dstIndex);
        } catch (LZ4Exception e) {
            throw new IOException("LZ4 cannot compress " + plainBytes + " bytes: " + e.getMessage(), e);
        }
    }

    @Override
    public int decompress(
            ByteBuffer payload, int payloadIndex, int payloadBytes, ByteBuffer dst, int dstIndex, int dstBytes)
            throws IOException {
        try {
            return DECOMPRESSOR.decompress(payload, payloadIndex, payloadBytes, dst, dstIndex, dstBytes);
        } catch (LZ4Exception e) {
            throw new IOException(
                    "LZ4 payload of " + payloadBytes + " bytes does not decode to at most " + dstBytes + " bytes", e);
        }
    }

    @Override
    public void close() {}
}
