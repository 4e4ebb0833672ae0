package io.overlaybd.zfile;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.RawCrc32c;
import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Checks and decodes single blocks that lie in the stored buffer of a {@link Scratch}, and has a bad one read again where
 * a cache may be to blame. Thread-safe, apart from the scratch that a call brings along.
 */
final class BlockDecoder {

    private static final RawCrc32c CHECKSUM = new RawCrc32c(StoredBlocks.CHECKSUM_SEED);
    private static final int MAX_RELOADS = 3;

    private final BlobSource inner;
    private final JumpTable blocks;
    private final CompressOptions options;
    private final long plainBytes;
    private final int blockShift;

    BlockDecoder(BlobSource inner, ZFileLayout layout) {
        this.inner = inner;
        blocks = layout.blocks();
        options = layout.header().options();
        plainBytes = layout.header().plainBytes();
        blockShift = options.blockShift();
    }

    /** Plain bytes of a block: all are full but the last. */
    int plainBytes(int block) {
        return (int) Math.min(1L << blockShift, plainBytes - ((long) block << blockShift));
    }

    /**
     * Decodes the whole block that lies from {@code storedIndex} on, loading it again if it is bad and {@code mayWait}.
     *
     * @return false if it is bad and this thread may not wait; one that may will find that again
     */
    boolean decode(int block, int storedIndex, ByteBuffer dst, int dstIndex, Scratch scratch, boolean mayWait)
            throws IOException {
        for (int reloads = 0; ; reloads++) {
            IOException defect;
            try {
                decodeOnce(block, storedIndex, dst, dstIndex, scratch, mayWait);
                return true;
            } catch (IOException e) {
                defect = e;
            }
            if (!mayWait) {
                return false;
            }
            if (reloads == MAX_RELOADS || !inner.evict(blocks.offsetBytes(block), storedBytes(block))) {
                throw corrupt(block, defect);
            }
            reload(block, storedIndex, scratch);
        }
    }

    /** What may not wait is not measured stage by stage: even to find that nobody wants to know would cost. */
    private void decodeOnce(int block, int storedIndex, ByteBuffer dst, int dstIndex, Scratch scratch, boolean measured)
            throws IOException {
        checkOnce(block, storedIndex, scratch, measured);
        int payloadBytes = storedBytes(block) - options.checksumBytes();
        int expected = plainBytes(block);
        Stage before = measured ? StageTimes.enter(Stage.DECOMPRESS) : null;
        int found;
        try {
            found = scratch.codec(options.codec())
                    .decompress(scratch.stored(), storedIndex, payloadBytes, dst, dstIndex, expected);
        } finally {
            StageTimes.leave(before);
        }
        if (found != expected) {
            throw new IOException("decoded length: expected " + expected + " bytes, found " + found);
        }
    }

    private void checkOnce(int block, int storedIndex, Scratch scratch, boolean measured) throws IOException {
        if (!options.checksums()) {
            return;
        }
        Stage before = measured ? StageTimes.enter(Stage.CHECKSUM) : null;
        ByteBuffer stored = scratch.stored();
        int payloadEnd = storedIndex + storedBytes(block) - options.checksumBytes();
        int expected = stored.getInt(payloadEnd);
        int found = CHECKSUM.ofRemaining(stored.limit(payloadEnd).position(storedIndex));
        stored.clear();
        StageTimes.leave(before);
        if (expected != found) {
            throw new IOException(
                    "checksum: expected " + ZFileHeader.hex(expected) + ", found " + ZFileHeader.hex(found));
        }
    }

    private void reload(int block, int storedIndex, Scratch scratch) throws IOException {
        ByteBuffer place = scratch.stored().slice(storedIndex, storedBytes(block));
        inner.readFully(blocks.offsetBytes(block), place);
    }

    /** Checks the checksum, if there is one, of the block that lies from {@code storedIndex} on. */
    void check(int block, int storedIndex, Scratch scratch) throws CorruptFormatException {
        try {
            checkOnce(block, storedIndex, scratch, true);
        } catch (IOException defect) {
            throw corrupt(block, defect);
        }
    }

    private int storedBytes(int block) {
        return (int) (blocks.offsetBytes(block + 1) - blocks.offsetBytes(block));
    }

    private CorruptFormatException corrupt(int block, IOException defect) {
        String problem = "block " + block + " (" + storedBytes(block) + " bytes): " + defect.getMessage();
        CorruptFormatException corrupt = new CorruptFormatException(inner.name(), blocks.offsetBytes(block), problem);
        corrupt.initCause(defect);
        return corrupt;
    }
}
