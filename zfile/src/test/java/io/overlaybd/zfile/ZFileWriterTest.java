package io.overlaybd.zfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.FileSink;
import io.overlaybd.io.SliceSource;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.MemorySink;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import io.overlaybd.zfile.codec.CodecId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Seeded.class)
class ZFileWriterTest {

    @AfterEach
    void noThreadIsLeft() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            assertFalse(thread.getName().startsWith("obd-zfile-"), thread.getName());
        }
    }

    @Test
    void emptyContentIsHeaderAndTrailerAsTheOriginalWritesThem() throws IOException {
        ZFileOptions plainHeader = ZFileOptions.DEFAULT.withRewriteHeader(false);
        assertArrayEquals(vector("in-0.lz4.bs4k.v1.zfile"), ZFiles.compress(new byte[0], plainHeader));
        ZFileOptions zstd = ZFileOptions.DEFAULT.withCodec(CodecId.ZSTD).withThreads(4);
        assertArrayEquals(vector("in-0.zstd.bs4k.v1.ow.zfile"), ZFiles.compress(new byte[0], zstd));
    }

    private static byte[] vector(String name) throws IOException {
        try (InputStream in = ZFileWriterTest.class.getResourceAsStream("/vectors/" + name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void piecesOfAnySizeGiveTheSameFile(Random random) throws IOException {
        byte[] plain = ZFiles.mixed(random, 700_000);
        byte[] expected = ZFiles.compress(plain, ZFileOptions.DEFAULT);
        for (int threads : new int[] {1, 3}) {
            MemorySink sink = new MemorySink();
            try (ZFileWriter writer = ZFileWriter.create(sink, ZFileOptions.DEFAULT.withThreads(threads))) {
                for (int at = 0; at < plain.length; ) {
                    int bytes = Math.min(plain.length - at, random.nextInt(1 << random.nextInt(18)));
                    ByteBuffer piece =
                            ByteBuffer.allocateDirect(bytes + 2).position(1).limit(bytes + 1);
                    writer.write(piece.put(plain, at, bytes).flip().position(1));
                    assertFalse(piece.hasRemaining());
                    at += bytes;
                    assertEquals(at, writer.positionBytes());
                }
                writer.finish();
            }
            assertArrayEquals(expected, sink.bytes());
        }
    }

    @Test
    void fileMayBeginInTheMiddleOfASink(Random random) throws IOException {
        byte[] plain = ZFiles.mixed(random, 50_000);
        MemorySink sink = new MemorySink();
        sink.write(ByteBuffer.allocate(1000));
        try (ZFileWriter writer = ZFileWriter.create(sink, ZFileOptions.DEFAULT)) {
            writer.write(ByteBuffer.wrap(plain));
            writer.finish();
        }
        byte[] all = sink.bytes();
        assertArrayEquals(new byte[1000], Arrays.copyOf(all, 1000));
        assertArrayEquals(ZFiles.compress(plain, ZFileOptions.DEFAULT), Arrays.copyOfRange(all, 1000, all.length));
        MemorySource source = new MemorySource("m", all);
        try (ZFileSource file = ZFile.open(new SliceSource(source, 1000, all.length - 1000))) {
            assertArrayEquals(plain, ZFiles.readAll(file));
        }
    }

    @Test
    void headerStaysWhereTheSinkCannotRewriteIt(Random random) throws IOException {
        byte[] plain = ZFiles.mixed(random, 50_000);
        MemorySink memory = new MemorySink();
        try (ZFileWriter writer = ZFileWriter.create(new FailingSink(memory, -1, false), ZFileOptions.DEFAULT)) {
            assertFalse(writer.canRewriteHead());
            writer.write(ByteBuffer.wrap(plain));
            writer.finish();
        }
        assertArrayEquals(ZFiles.compress(plain, ZFileOptions.DEFAULT.withRewriteHeader(false)), memory.bytes());
    }

    @ParameterizedTest
    @EnumSource
    void blocksOf64KiBThatDoNotCompressEndTheJob(CodecId codec, Random random) throws IOException {
        byte[] plain = new byte[6 * 65536];
        random.nextBytes(plain);
        Arrays.fill(plain, 0, 3 * 65536, (byte) 7);
        MemorySink sink = new MemorySink();
        ZFileOptions options =
                ZFileOptions.DEFAULT.withCodec(codec).withBlockSizeBytes(65536).withThreads(2);
        try (ZFileWriter writer = ZFileWriter.create(sink, options)) {
            IOException refused = assertThrows(IOException.class, () -> {
                writer.write(ByteBuffer.wrap(plain));
                writer.finish();
            });
            assertTrue(refused.getMessage().startsWith("memory: block 3 takes "), refused.getMessage());
            assertTrue(refused.getMessage().contains("32768"), refused.getMessage());
            assertThrows(IOException.class, writer::finish);
        }
        assertFalse(sink.isFinished());
        byte[] smaller = ZFiles.compress(plain, options.withBlockSizeBytes(32768));
        try (ZFileSource source = ZFiles.open(smaller)) {
            assertArrayEquals(plain, ZFiles.readAll(source));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void sinkThatFailsAtAnyWriteFailsTheWriter(int threads, Random random) throws IOException {
        byte[] plain = ZFiles.noise(random, 1_500_000);
        ZFileOptions options = ZFileOptions.DEFAULT.withThreads(threads);
        FailingSink counting = new FailingSink(new MemorySink(), -1, true);
        write(counting, options, plain);
        assertTrue(counting.calls() > 10);
        for (int failing = 0; failing < counting.calls(); failing++) {
            MemorySink memory = new MemorySink();
            FailingSink sink = new FailingSink(memory, failing, true);
            IOException failure = assertThrows(IOException.class, () -> write(sink, options, plain));
            assertEquals("no space left", failure.getMessage());
            assertFalse(memory.isFinished());
            assertEquals(failing > 0, sink.isClosed()); // the header is written before the sink is taken over
        }
    }

    private static void write(FailingSink sink, ZFileOptions options, byte[] plain) throws IOException {
        try (ZFileWriter writer = ZFileWriter.create(sink, options)) {
            writer.write(ByteBuffer.wrap(plain));
            writer.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void compressorThatFailsFailsTheWriter(int threads, Random random) throws IOException {
        byte[] plain = ZFiles.mixed(random, 3_000_000);
        for (int failing : new int[] {0, 100, plain.length / 4096}) {
            FailingCodec.Count count = new FailingCodec.Count(failing);
            MemorySink sink = new MemorySink();
            ZFileOptions options = ZFileOptions.DEFAULT.withThreads(threads);
            try (ZFileWriter writer = ZFileWriter.create(sink, options, () -> new FailingCodec(count))) {
                IOException failure = assertThrows(IOException.class, () -> {
                    writer.write(ByteBuffer.wrap(plain));
                    writer.finish();
                });
                assertTrue(failure.getMessage().contains("broken codec"), failure.getMessage());
                assertThrows(IOException.class, () -> writer.write(ByteBuffer.allocate(1)));
                assertThrows(IOException.class, writer::finish);
            }
            assertFalse(sink.isFinished());
            assertEquals(0, count.open());
        }
    }

    @Test
    void closeBeforeFinishLeavesNothing(@TempDir Path folder, Random random) throws IOException {
        Path path = folder.resolve("abandoned.zfile");
        ZFileOptions options = ZFileOptions.DEFAULT.withThreads(4);
        ZFileWriter writer = ZFileWriter.create(FileSink.create(path, FileSink.Existing.REFUSE), options);
        writer.write(ByteBuffer.wrap(ZFiles.mixed(random, 2_000_000)));
        writer.close();
        writer.close();
        assertThrows(IOException.class, () -> writer.write(ByteBuffer.allocate(1)));
        new LeakGuard(folder).assertNoneOpen();
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    /** 192 MiB through 16 threads, in the small heap and direct memory that tests have. */
    @Test
    void memoryDoesNotGrowWithTheFile(Random random) throws IOException {
        ByteBuffer mebi = ByteBuffer.allocateDirect(1 << 20).put(ZFiles.mixed(random, 1 << 20));
        CountingNullSink sink = new CountingNullSink();
        try (ZFileWriter writer = ZFileWriter.create(sink, ZFileOptions.DEFAULT.withThreads(16))) {
            for (int i = 0; i < 192; i++) {
                writer.write(mebi.rewind());
            }
            writer.finish();
        }
        assertNotEquals(0, sink.positionBytes());
    }

    @Test
    void optionsOutOfTheirRangeAreRefused() {
        for (int bytes : new int[] {0, 1, 2048, 5000, 131072, -4096, Integer.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> ZFileOptions.DEFAULT.withBlockSizeBytes(bytes));
        }
        for (int threads : new int[] {0, -1, ZFileOptions.MAX_THREADS + 1}) {
            assertThrows(IllegalArgumentException.class, () -> ZFileOptions.DEFAULT.withThreads(threads));
        }
        assertThrows(NullPointerException.class, () -> ZFileOptions.DEFAULT.withCodec(null));
    }
}
