package io.overlaybd.zfile.codec;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Compresses and decompresses single blocks. All buffers are direct, all indexes absolute; positions and limits stay as
 * they are, and nothing outside the named ranges is written.
 *
 * <p>Thread-safety: thread-confined, one call at a time. An instance may hold native memory, which {@link #close()}
 * gives back; an instance is cheap to keep and dear to make.
 */
public interface BlockCodec extends Closeable {

    /** Bytes that {@code plainBytes} bytes never exceed once compressed. */
    int maxCompressedBytes(int plainBytes);

    /**
     * Compresses {@code plainBytes} (at least one) bytes of {@code plain} from {@code plainIndex} on, into {@code dst} from
     * {@code dstIndex} on, where room for {@link #maxCompressedBytes} bytes must be below its limit.
     *
     * @return bytes of the payload, at least one
     * @throws IOException if the library fails
     */
    int compress(ByteBuffer plain, int plainIndex, int plainBytes, ByteBuffer dst, int dstIndex) throws IOException;

    /**
     * Decompresses a payload of exactly {@code payloadBytes} bytes into at most {@code dstBytes} bytes of {@code dst} from
     * {@code dstIndex} on. The payload may come from anybody.
     *
     * @return plain bytes, which may be fewer than {@code dstBytes}
     * @throws IOException if the payload is malformed or holds more than {@code dstBytes} bytes; the named range of {@code
     *     dst} is then unspecified
     */
    int decompress(ByteBuffer payload, int payloadIndex, int payloadBytes, ByteBuffer dst, int dstIndex, int dstBytes)
            throws IOException;

    /** Gives native memory back. Idempotent. */
    @Override
    void close();
}
