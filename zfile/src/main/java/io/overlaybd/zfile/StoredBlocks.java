package io.overlaybd.zfile;

import io.overlaybd.io.RawCrc32c;
import io.overlaybd.zfile.codec.BlockCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Some blocks as they stand in a file, side by side, each a payload and, if the file has checksums, the raw CRC-32C of
 * that payload from {@value #CHECKSUM_SEED}. Thread-confined.
 */
final class StoredBlocks {

    static final int CHECKSUM_SEED = 100007;

    private static final RawCrc32c CHECKSUM = new RawCrc32c(CHECKSUM_SEED);

    private final boolean checksums;
    private final ByteBuffer bytes;
    private final int[] entries;
    private int count;

    /** Room for {@code maxBlocks} blocks of {@code capacityBytes} stored bytes in all. */
    StoredBlocks(int maxBlocks, int capacityBytes, boolean checksums) {
        this.checksums = checksums;
        bytes = ByteBuffer.allocateDirect(capacityBytes).order(ByteOrder.LITTLE_ENDIAN);
        entries = new int[maxBlocks];
    }

    /** Compresses one block of plain bytes to the end. */
    void compress(BlockCodec codec, ByteBuffer plain, int plainIndex, int plainBytes) throws IOException {
        int payloadBytes = codec.compress(plain, plainIndex, plainBytes, bytes, bytes.position());
        bytes.position(bytes.position() + payloadBytes);
        seal(payloadBytes);
    }

    /** Adds a block that is compressed already. */
    void add(ByteBuffer payload) {
        int payloadBytes = payload.remaining();
        bytes.put(payload);
        seal(payloadBytes);
    }

    private void seal(int payloadBytes) {
        if (checksums) {
            bytes.putInt(CHECKSUM.of(bytes, bytes.position() - payloadBytes, payloadBytes));
        }
        entries[count++] = payloadBytes + (checksums ? Integer.BYTES : 0);
    }

    int count() {
        return count;
    }

    /** What the index says of a block: its stored bytes. */
    int entry(int i) {
        return entries[i];
    }

    /** All blocks, ready to be written. */
    ByteBuffer bytes() {
        return bytes.duplicate().flip();
    }

    void clear() {
        bytes.clear();
        count = 0;
    }
}
