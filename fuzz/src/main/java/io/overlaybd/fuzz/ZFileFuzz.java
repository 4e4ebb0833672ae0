package io.overlaybd.fuzz;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.RawCrc32c;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.zfile.ZFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * ZFile: header, trailer, index and blocks. Every other input gets right digests first, or no input would come past them;
 * the checksums of blocks stay as they are, since a file may have none.
 */
public final class ZFileFuzz {

    private static final int HEADER_BYTES = 512;
    private static final int DIGEST_OFFSET = 28;
    private static final int INDEX_OFFSET_OFFSET = 40;
    private static final int BLOCK_COUNT_OFFSET = 48;
    private static final int INDEX_CRC_OFFSET = 64;
    private static final int PIECE_BYTES = 100_000;
    private static final long MOST_READ_BYTES = 4 << 20;
    private static final RawCrc32c CRC = new RawCrc32c(0);

    private ZFileFuzz() {}

    /** One input; its last byte decides about the digests. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length > 2 * HEADER_BYTES && (data[data.length - 1] & 1) == 1) {
            data[data.length - 1] = 0;
            repairDigests(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
        }
        try (BlobSource file = new MemorySource("fuzz", data)) {
            if (ZFile.probe(file)) {
                readAll(file);
                ZFile.verify(file);
            }
        } catch (IOException refused) {
            return;
        }
    }

    private static void readAll(BlobSource file) throws IOException {
        try (BlobSource plain = ZFile.open(file)) {
            long end = Math.min(plain.sizeBytes(), MOST_READ_BYTES);
            ByteBuffer direct = ByteBuffer.allocateDirect(PIECE_BYTES);
            for (long at = 0; at < end; at += PIECE_BYTES) {
                plain.readFully(at, direct.clear().limit((int) Math.min(PIECE_BYTES, end - at)));
            }
        }
    }

    private static void repairDigests(ByteBuffer file) {
        for (int at : new int[] {0, file.capacity() - HEADER_BYTES}) {
            long indexBytes = file.getLong(at + BLOCK_COUNT_OFFSET) * Integer.BYTES;
            long index = file.getLong(at + INDEX_OFFSET_OFFSET);
            if (index >= 0 && indexBytes >= 0 && index <= file.capacity() && indexBytes <= file.capacity() - index) {
                file.putInt(at + INDEX_CRC_OFFSET, CRC.of(file, (int) index, (int) indexBytes));
            }
            file.putInt(at + DIGEST_OFFSET, 0);
            file.putInt(at + DIGEST_OFFSET, CRC.of(file, at, HEADER_BYTES));
        }
    }
}
