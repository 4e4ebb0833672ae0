package io.overlaybd.zfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import io.overlaybd.zfile.codec.CodecId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are cut, flipped or made up: a clear error, never wrong data, a hang, a crash or much memory. */
@ExtendWith(Seeded.class)
class HostileFileTest {

    private static final byte[] PLAIN =
            Arrays.copyOf("a line that repeats itself\n".repeat(400).getBytes(), 10_000);
    private static final int FLAGS = 32;
    private static final int INDEX_OFFSET = 40;
    private static final int BLOCK_COUNT = 48;
    private static final int PLAIN_SIZE = 56;
    private static final int BLOCK_SIZE = 72;
    private static final int CODEC = 76;
    private static final int USE_DICTIONARY = 78;
    private static final int DICTIONARY_SIZE = 84;

    private static byte[] file(CodecId codec, boolean rewriteHeader) throws IOException {
        return ZFiles.compress(PLAIN, ZFileOptions.DEFAULT.withCodec(codec).withRewriteHeader(rewriteHeader));
    }

    private static CorruptFormatException refused(byte[] file) {
        CorruptFormatException refused = assertThrows(CorruptFormatException.class, () -> ZFiles.open(file));
        assertTrue(refused.getMessage().startsWith("memory.zfile: at byte "), refused.getMessage());
        return refused;
    }

    private static boolean readsRightOrIsRefused(byte[] file) throws IOException {
        try (ZFileSource source = ZFiles.open(file)) {
            assertArrayEquals(PLAIN, ZFiles.readAll(source));
            return true;
        } catch (CorruptFormatException refused) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void fileCutAnywhereIsRefused(CodecId codec) throws IOException {
        for (boolean rewriteHeader : new boolean[] {false, true}) {
            byte[] file = file(codec, rewriteHeader);
            for (int bytes = 0; bytes < file.length; bytes++) {
                refused(Arrays.copyOf(file, bytes));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyFlippedBitIsFoundOrHarmless(CodecId codec) throws IOException {
        for (boolean rewriteHeader : new boolean[] {false, true}) {
            byte[] file = file(codec, rewriteHeader);
            int accepted = 0;
            for (int bit = 0; bit < file.length * 8; bit++) {
                file[bit / 8] ^= (byte) (1 << bit % 8);
                accepted += readsRightOrIsRefused(file) ? 1 : 0;
                file[bit / 8] ^= (byte) (1 << bit % 8);
            }
            // With the final values in the header, nobody reads the trailer; else only "has a digest" may go unnoticed.
            assertTrue(accepted <= (rewriteHeader ? ZFileHeader.BYTES * 8 + 1 : 2), "accepted " + accepted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesOverwrittenAtRandomAreFoundOrHarmless(CodecId codec, Random random) throws IOException {
        byte[] good = file(codec, random.nextBoolean());
        for (int i = 0; i < 2000; i++) {
            byte[] file = good.clone();
            for (int k = random.nextInt(20); k >= 0; k--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt();
            }
            readsRightOrIsRefused(file);
        }
    }

    /** Without digest and checksums wrong data cannot be told, but must not do harm. */
    @ParameterizedTest
    @EnumSource
    void unguardedFileWithGarbageDoesNoHarm(CodecId codec, Random random) throws IOException {
        byte[] good =
                ZFiles.compress(PLAIN, ZFileOptions.DEFAULT.withCodec(codec).withChecksums(false));
        ZFiles.edit(good).putLong(FLAGS, 0x0B);
        for (int i = 0; i < 5000; i++) {
            byte[] file = good.clone();
            int at = random.nextInt(5) == 0 ? random.nextInt(file.length) : 40 + random.nextInt(50);
            file[at] = (byte) (random.nextBoolean() ? random.nextInt() : file[at] ^ 1 << random.nextInt(8));
            try (ZFileSource source = ZFiles.open(file)) {
                source.readFully(0, ByteBuffer.allocateDirect((int) Math.min(20_000, source.sizeBytes())));
            } catch (CorruptFormatException refused) {
                assertTrue(refused.getMessage().contains("at byte"));
            }
        }
    }

    private static String refusedAfter(Consumer<ByteBuffer> edit) throws IOException {
        String message = null;
        for (boolean rewriteHeader : new boolean[] {false, true}) {
            byte[] file = file(CodecId.LZ4, rewriteHeader);
            int at = rewriteHeader ? 0 : file.length - ZFileHeader.BYTES;
            edit.accept(ZFiles.edit(file).slice(at, ZFileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN));
            ZFiles.redigest(file, at);
            message = refused(file).getMessage();
        }
        return message;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4095, 131072, 1 << 30, Integer.MIN_VALUE, -1})
    void blockSizeThatIsNoPowerOfTwoUpTo64KiBIsRefused(int bytes) throws IOException {
        String message = refusedAfter(header -> header.putInt(BLOCK_SIZE, bytes));
        assertTrue(message.contains("found " + Integer.toUnsignedString(bytes)), message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 255})
    void unknownCodecIsRefusedByItsNumber(int number) throws IOException {
        String message = refusedAfter(header -> header.put(CODEC, (byte) number));
        assertTrue(message.contains("codec: expected 1 (LZ4) or 2 (zstd), found " + number), message);
    }

    @Test
    void compressedIndexAndDictionaryAreRefused() throws IOException {
        assertTrue(refusedAfter(header -> header.putLong(FLAGS, header.getLong(FLAGS) | 0x20))
                .contains("compressed"));
        assertTrue(refusedAfter(header -> header.put(USE_DICTIONARY, (byte) 1)).contains("dictionar"));
        refusedAfter(header -> header.putInt(DICTIONARY_SIZE, -1));
        refusedAfter(header -> header.putInt(DICTIONARY_SIZE, 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2, 4, 1_000_000_000, 1_000_000_001, 1L << 32 | 3, 1L << 62, Long.MAX_VALUE, -1})
    void countOfEntriesThatTheSizeDoesNotNeedIsRefused(long count) throws IOException {
        refusedAfter(header -> header.putLong(BLOCK_COUNT, count));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 10, 1_000_000_000, 1_000_000_001, 1L << 40})
    void countOfEntriesThatTheFileHasNoRoomForIsRefused(long extra) throws IOException {
        refusedAfter(header -> header.putLong(BLOCK_COUNT, 3 + extra).putLong(PLAIN_SIZE, (3 + extra) * 4096));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 8192, 12289, 1L << 52, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void plainSizeThatTheEntriesDoNotMakeIsRefused(long bytes) throws IOException {
        refusedAfter(header -> header.putLong(PLAIN_SIZE, bytes));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 512, -1, -600, 1 << 20, Long.MAX_VALUE - 10, Long.MIN_VALUE})
    void indexThatIsNotBetweenBlocksAndTrailerIsRefused(long offset) throws IOException {
        refusedAfter(header -> header.putLong(INDEX_OFFSET, offset));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 65535, 65536, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void indexEntryThatCannotBeIsRefusedWithoutADigestToo(int entry) throws IOException {
        byte[] file = file(CodecId.LZ4, false);
        int trailer = file.length - ZFileHeader.BYTES;
        ByteBuffer edit = ZFiles.edit(file);
        edit.putLong(FLAGS, 0x03).putLong(trailer + FLAGS, 0x06);
        assertTrue(readsRightOrIsRefused(file));
        edit.putInt((int) edit.getLong(trailer + INDEX_OFFSET) + 4, entry);
        assertTrue(refused(file).getMessage().contains("of block 1"));
    }

    /** The original's limit, in a header that is right in all else. */
    @Test
    void oneEntryMoreThanABillionIsRefused(@TempDir Path folder) throws IOException {
        long count = 1_000_000_001L;
        CorruptFormatException refused = refusedSparse(folder, count, 10L << 30);
        assertTrue(refused.getMessage().contains("found 1000000001"), refused.getMessage());
    }

    /** The file is long enough for its index, but nothing is in it. */
    @Test
    void aBillionEntriesInASparseFileCostNothing(@TempDir Path folder) throws IOException {
        CorruptFormatException refused = refusedSparse(folder, 1_000_000_000, 10L << 30);
        assertTrue(refused.getMessage().contains("stored bytes of block 0"), refused.getMessage());
    }

    private static CorruptFormatException refusedSparse(Path folder, long count, long fileBytes) throws IOException {
        Path path = folder.resolve("sparse.zfile");
        CompressOptions options = new CompressOptions(4096, CodecId.LZ4, 0, true);
        long indexOffset = fileBytes - ZFileHeader.BYTES - 4 * count;
        ZFileHeader trailer = ZFileHeader.trailer(indexOffset, count, count * 4096, 0, options);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ZFileHeader.preliminary(options).encode(), 0);
            channel.write(trailer.encode(), fileBytes - ZFileHeader.BYTES);
        }
        try (FileSource source = FileSource.open(path)) {
            return assertThrows(CorruptFormatException.class, () -> ZFile.open(source));
        } finally {
            new LeakGuard(folder).assertNoneOpen();
        }
    }

    @Test
    void probeKnowsAZFileByMagicAndHeaderBit() throws IOException {
        byte[] file = file(CodecId.LZ4, true);
        assertTrue(probe(file));
        assertFalse(probe(PLAIN));
        assertFalse(probe(new byte[0]));
        assertFalse(probe(Arrays.copyOf(file, 511)));
        assertTrue(probe(Arrays.copyOf(file, 512)));
        assertFalse(probe(Arrays.copyOfRange(file, file.length - 512, file.length)));
        for (int bit = 0; bit < 24 * 8; bit++) {
            file[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(probe(file));
            file[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void probeFailsOnAWrongDigestUnlessThereIsNone() throws IOException {
        byte[] file = file(CodecId.LZ4, true);
        file[400]++;
        CorruptFormatException refused = assertThrows(CorruptFormatException.class, () -> probe(file));
        assertTrue(refused.getMessage().contains("at byte 28: digest"), refused.getMessage());
        file[FLAGS] ^= 0x10;
        assertTrue(probe(file));
    }

    private static boolean probe(byte[] file) throws IOException {
        return ZFile.probe(new MemorySource("memory.zfile", file));
    }

    /** An old writer left memory garbage in all but the fields that count. */
    @Test
    void garbageAroundTheFieldsOfAnOldFileIsIgnored(Random random) throws IOException {
        for (int i = 0; i < 200; i++) {
            byte[] file = file(CodecId.ZSTD, false);
            int trailer = file.length - ZFileHeader.BYTES;
            for (int at : new int[] {0, trailer}) {
                ByteBuffer edit = ZFiles.edit(file);
                edit.putInt(at + 28, random.nextInt()).putInt(at + 64, random.nextInt());
                edit.putLong(at + FLAGS, random.nextLong() & ~0x1FL | (at == 0 ? 0x03 : 0x06));
                edit.put(at + 96, ZFiles.noise(random, 416));
            }
            ZFiles.edit(file).put(INDEX_OFFSET, ZFiles.noise(random, 24));
            assertTrue(readsRightOrIsRefused(file));
        }
    }

    @Test
    void unfinishedFileIsRefused() throws IOException {
        byte[] file = file(CodecId.LZ4, false);
        assertEquals(
                ZFileHeader.preliminary(ZFileOptions.DEFAULT.compressOptions()).encode(),
                ByteBuffer.wrap(file, 0, ZFileHeader.BYTES));
        Arrays.fill(file, file.length - ZFileHeader.BYTES, file.length, (byte) 0);
        assertTrue(refused(file).getMessage().contains("magic"));
    }
}
