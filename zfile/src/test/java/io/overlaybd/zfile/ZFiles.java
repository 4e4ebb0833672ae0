package io.overlaybd.zfile;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.RawCrc32c;
import io.overlaybd.testing.MemorySink;
import io.overlaybd.testing.MemorySource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Makes, reads and edits ZFiles in memory. */
final class ZFiles {

    private ZFiles() {}

    static byte[] compress(byte[] plain, ZFileOptions options) throws IOException {
        MemorySink sink = new MemorySink();
        try (ZFileWriter writer = ZFileWriter.create(sink, options)) {
            writer.write(ByteBuffer.wrap(plain));
            writer.finish();
        }
        return sink.bytes();
    }

    static ZFileSource open(byte[] file) throws IOException {
        return ZFile.open(new MemorySource("memory.zfile", file));
    }

    static byte[] readAll(BlobSource source) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(Math.toIntExact(source.sizeBytes()));
        source.readFully(0, all);
        byte[] bytes = new byte[all.flip().remaining()];
        all.get(bytes);
        return bytes;
    }

    /** Bytes that compress, but not to nothing: lines with a counter, runs of zeros, some noise. */
    static byte[] mixed(Random random, int bytes) {
        ByteBuffer content = ByteBuffer.allocate(bytes);
        while (content.hasRemaining()) {
            byte[] piece = switch (random.nextInt(3)) {
                case 0 -> new byte[random.nextInt(3000)];
                case 1 -> noise(random, random.nextInt(600));
                default ->
                    ("line " + random.nextInt(1000) + " of a text\n")
                            .repeat(random.nextInt(100))
                            .getBytes(StandardCharsets.US_ASCII);
            };
            content.put(piece, 0, Math.min(piece.length, content.remaining()));
        }
        return content.array();
    }

    static byte[] noise(Random random, int bytes) {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        return noise;
    }

    /** A view of the file whose numbers can be changed in place. */
    static ByteBuffer edit(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Makes the digest of an edited header or trailer right again. */
    static void redigest(byte[] file, int at) {
        ByteBuffer block = edit(file).slice(at, ZFileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        block.putInt(28, 0);
        block.putInt(28, new RawCrc32c(0).of(block, 0, ZFileHeader.BYTES));
    }
}
