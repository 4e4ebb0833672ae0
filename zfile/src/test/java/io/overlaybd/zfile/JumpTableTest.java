package io.overlaybd.zfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.testing.Seeded;
import io.overlaybd.zfile.codec.CodecId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class JumpTableTest {

    private static JumpTableBuilder builder(int blockSizeBytes, boolean checksums, long indexOffsetBytes)
            throws CorruptFormatException {
        CompressOptions options = new CompressOptions(blockSizeBytes, CodecId.LZ4, 0, checksums);
        return new JumpTableBuilder("t", ZFileHeader.trailer(indexOffsetBytes, 0, 0, 0, options));
    }

    @Test
    void offsetsAreTheSumsOfTheEntries(Random random) throws CorruptFormatException {
        for (int blockSizeBytes = 1024; blockSizeBytes <= 65536; blockSizeBytes *= 2) {
            int most = blockSizeBytes == 65536 ? JumpTableBuilder.MAX_ENTRY_BYTES : blockSizeBytes - 5;
            JumpTableBuilder builder = builder(blockSizeBytes, true, Long.MAX_VALUE);
            long[] expected = new long[100_000];
            expected[0] = ZFileHeader.BYTES;
            for (int block = 1; block < expected.length; block++) {
                int entry = 5 + random.nextInt(most - 4);
                builder.add(entry);
                expected[block] = expected[block - 1] + entry;
            }
            JumpTable table = builder.build();
            assertEquals(expected.length - 1, table.blockCount());
            for (int block = 0; block < expected.length; block++) {
                assertEquals(expected[block], table.offsetBytes(block));
            }
            assertRunsFit(table, random);
        }
    }

    private static void assertRunsFit(JumpTable table, Random random) {
        for (int i = 0; i < 500; i++) {
            int first = random.nextInt(table.blockCount());
            int end = first + 1 + random.nextInt(table.blockCount() - first);
            int runEnd = table.runEnd(first, end, Scratch.SPAN_BYTES);
            long limit = table.offsetBytes(first) + Scratch.SPAN_BYTES;
            assertTrue(runEnd > first && runEnd <= end);
            assertTrue(table.offsetBytes(runEnd) <= limit);
            assertTrue(runEnd == end || table.offsetBytes(runEnd + 1) > limit);
        }
    }

    @Test
    void entryTooShortForAPayloadIsRefused() throws CorruptFormatException {
        builder(4096, true, 10_000).add(5);
        builder(4096, false, 10_000).add(1);
        assertThrows(
                CorruptFormatException.class, () -> builder(4096, true, 10_000).add(4));
        assertThrows(
                CorruptFormatException.class, () -> builder(4096, false, 10_000).add(0));
    }

    @Test
    void entryLongerThanAnyWriterMakesIsRefused() throws CorruptFormatException {
        builder(65536, true, 1 << 20).add(JumpTableBuilder.MAX_ENTRY_BYTES);
        for (int entry : new int[] {JumpTableBuilder.MAX_ENTRY_BYTES + 1, Integer.MAX_VALUE, -1}) {
            assertThrows(
                    CorruptFormatException.class,
                    () -> builder(65536, true, 1 << 20).add(entry));
        }
    }

    @Test
    void blocksOfAGroupMustStayWithinTheReachOfADistance() throws CorruptFormatException {
        builder(32768, true, 1 << 20).add(65534);
        CorruptFormatException corrupt = assertThrows(
                CorruptFormatException.class,
                () -> builder(32768, true, 1 << 20).add(65535));
        assertTrue(corrupt.getMessage().contains("of block 0"), corrupt.getMessage());
    }

    @Test
    void blocksMustEndWhereTheIndexBegins() throws CorruptFormatException {
        JumpTableBuilder exact = builder(4096, true, ZFileHeader.BYTES + 200);
        exact.add(100);
        exact.add(100);
        CorruptFormatException corrupt = assertThrows(CorruptFormatException.class, () -> exact.add(5));
        assertTrue(corrupt.getMessage().contains("at byte 720: index: end of block 2"), corrupt.getMessage());
        assertThrows(CorruptFormatException.class, () -> builder(4096, true, ZFileHeader.BYTES - 1));
    }
}
