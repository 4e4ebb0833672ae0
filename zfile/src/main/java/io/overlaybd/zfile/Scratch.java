package io.overlaybd.zfile;

import io.overlaybd.zfile.codec.BlockCodec;
import io.overlaybd.zfile.codec.CodecId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What one read needs for its time: room for stored blocks, for one plain block, and codecs. Thread-confined. */
final class Scratch {

    /** Bytes of a file that one read of the inner source takes at most; more than any single block. */
    static final int SPAN_BYTES = 256 * 1024;

    /** Enough for most reads of a few blocks; more is taken only by who reads more. */
    private static final int SMALL_SPAN_BYTES = 32 * 1024;

    private final BlockCodec[] codecs = new BlockCodec[CodecId.values().length];
    private ByteBuffer stored = allocate(SMALL_SPAN_BYTES);
    private ByteBuffer plain = allocate(0);

    /** A direct buffer from 0 to {@code bytes}, at most {@link #SPAN_BYTES}, little-endian; the same one each time. */
    ByteBuffer stored(int bytes) {
        if (stored.capacity() < bytes) {
            stored = allocate(SPAN_BYTES);
        }
        return stored.clear().limit(bytes);
    }

    /** The buffer that {@link #stored(int)} gave last. */
    ByteBuffer stored() {
        return stored;
    }

    /** A direct buffer of at least that many bytes. */
    ByteBuffer plain(int bytes) {
        if (plain.capacity() < bytes) {
            plain = allocate(bytes);
        }
        return plain;
    }

    BlockCodec codec(CodecId id) {
        BlockCodec codec = codecs[id.ordinal()];
        if (codec == null) {
            codec = id.newCodec();
            codecs[id.ordinal()] = codec;
        }
        return codec;
    }

    /** Gives the codecs' native memory back; this scratch is not used after. */
    void release() {
        for (BlockCodec codec : codecs) {
            if (codec != null) {
                codec.close();
            }
        }
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
