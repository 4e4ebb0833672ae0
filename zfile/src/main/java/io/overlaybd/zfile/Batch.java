package io.overlaybd.zfile;

import io.overlaybd.zfile.codec.BlockCodec;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The unit of work of the writer: plain bytes of several blocks, and what they compress to. Handed from thread to thread,
 * used by one at a time.
 */
final class Batch {

    /** Large enough that handing it over costs nothing beside compressing it, small enough to have many. */
    private static final int PLAIN_BYTES = 128 * 1024;

    private final int blockSizeBytes;
    private final ByteBuffer plain = ByteBuffer.allocateDirect(PLAIN_BYTES);
    private final StoredBlocks stored;

    /** An empty one; {@code maxStoredBytes} is the most that a block can take in the file. */
    Batch(CompressOptions options, int maxStoredBytes) {
        blockSizeBytes = options.blockSizeBytes();
        int blocks = PLAIN_BYTES / blockSizeBytes;
        stored = new StoredBlocks(blocks, blocks * maxStoredBytes, options.checksums());
    }

    /** Takes as much of {@code src} as there is room for, and says how many bytes that was. */
    int fill(ByteBuffer src) {
        int bytes = Math.min(src.remaining(), plain.remaining());
        plain.put(src.slice(src.position(), bytes));
        src.position(src.position() + bytes);
        return bytes;
    }

    boolean isFull() {
        return !plain.hasRemaining();
    }

    /** Compresses what was filled in, block by block. Only the last batch of a file ends with a short block. */
    void compress(BlockCodec codec) throws IOException {
        int end = plain.position();
        for (int at = 0; at < end; at += blockSizeBytes) {
            stored.compress(codec, plain, at, Math.min(blockSizeBytes, end - at));
        }
    }

    StoredBlocks stored() {
        return stored;
    }

    void clear() {
        plain.clear();
        stored.clear();
    }
}
