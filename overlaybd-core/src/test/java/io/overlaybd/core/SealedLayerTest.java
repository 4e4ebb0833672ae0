package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.core.index.Segments;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.CountingSource;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Seeded.class)
class SealedLayerTest {

    private static final int SIZE = 100 * 512;
    private static final LayerIdentity IDENTITY =
            new LayerIdentity(SIZE, new LayerUuid(1, 2), new LayerUuid(3, 4), UserTag.ofText("tag"));

    @TempDir
    Path folder;

    private static byte[] small() throws IOException {
        return TestLayers.bytes(IDENTITY, writer -> {
            writer.data(3, TestLayers.sectors(2, 1));
            writer.zero(7, 10);
            writer.data(90, TestLayers.sectors(4, 2));
        });
    }

    private static SealedLayer open(byte[] file) throws IOException {
        return SealedLayer.open(new MemorySource("some.lsmt", file));
    }

    /** A layer whose data is two sectors and whose index holds these entries as they are, without padding. */
    private static byte[] withEntries(SegmentMapping... entries) throws IOException {
        ByteBuffer file =
                ByteBuffer.allocate(4096 + 1024 + 16 * entries.length + 4096).order(ByteOrder.LITTLE_ENDIAN);
        file.put(IDENTITY.header().encode()).position(4096 + 1024);
        for (SegmentMapping entry : entries) {
            file.putLong(entry.low()).putLong(entry.high());
        }
        return file.put(IDENTITY.trailer(4096 + 1024, entries.length).encode()).array();
    }

    private static CorruptFormatException refused(byte[] file) {
        CorruptFormatException e = assertThrows(CorruptFormatException.class, () -> open(file));
        assertTrue(e.getMessage().matches("some\\.lsmt: at byte \\d+: .+: expected .+, found .+"), e.getMessage());
        return e;
    }

    @Test
    void headersAndSegmentsAreTold() throws IOException {
        try (SealedLayer layer = open(small())) {
            assertEquals("some.lsmt", layer.name());
            assertEquals(IDENTITY.header(), layer.header());
            assertEquals(IDENTITY.trailer(4096 + 6 * 512, 256), layer.trailer());
            assertEquals(
                    List.of(
                            new SegmentMapping(3, 2, 8, false, 0),
                            new SegmentMapping(7, 10, 10, true, 0),
                            new SegmentMapping(90, 4, 10, false, 0)),
                    Segments.all(layer.index()));
        }
    }

    @Test
    void probeTellsALayerFromOtherFiles() throws IOException {
        assertTrue(SealedLayer.probe(new MemorySource("layer", small())));
        assertTrue(SealedLayer.probe(new MemorySource("header", Arrays.copyOf(small(), 4096))));
        assertFalse(SealedLayer.probe(new MemorySource("short", Arrays.copyOf(small(), 4095))));
        assertFalse(SealedLayer.probe(new MemorySource("zeros", new byte[8192])));
        assertFalse(SealedLayer.probe(new MemorySource("empty", new byte[0])));
    }

    @Test
    void whoOpensOwnsTheSourceUntilItIsOpen() throws IOException {
        CountingSource bad = new CountingSource(new MemorySource("bad", new byte[8192]));
        assertThrows(CorruptFormatException.class, () -> SealedLayer.open(bad));
        assertEquals(0, bad.closes());
        CountingSource good = new CountingSource(new MemorySource("good", small()));
        SealedLayer.open(good).close();
        assertEquals(1, good.closes());
    }

    @Test
    void layerCutAnywhereIsRefused() throws IOException {
        byte[] whole = small();
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void everyFlippedBitOfHeaderAndTrailerIsRefusedOrHarmless() throws IOException {
        byte[] whole = small();
        List<SegmentMapping> segments = Segments.all(open(whole).index());
        int trailerAt = whole.length - 4096;
        for (int at : new int[] {0, trailerAt}) {
            for (int bit = 0; bit < 4096 * 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[at + bit / 8] ^= (byte) (1 << bit % 8);
                boolean magic = bit < 24 * 8;
                boolean flag = bit == 28 * 8 || bit == 28 * 8 + 1 || at > 0 && bit == 28 * 8 + 2;
                boolean topOfSize = at > 0 && bit == 56 * 8 - 1;
                if (magic || flag || topOfSize) {
                    refused(damaged);
                } else if (at > 0 && bit / 8 >= 32 && bit / 8 < 48) {
                    assertOpensToSomethingReadableOrIsRefused(damaged);
                } else {
                    assertEquals(segments, Segments.all(open(damaged).index()));
                }
            }
        }
    }

    @Test
    void damagedIndexIsRefusedOrReadable(Random random) throws IOException {
        byte[] whole = small();
        int indexAt = whole.length - 2 * 4096;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = whole.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                damaged[indexAt + random.nextInt(random.nextBoolean() ? 64 : 4096)] = (byte) random.nextInt();
            }
            assertOpensToSomethingReadableOrIsRefused(damaged);
        }
    }

    /** Whatever opens points only at bytes that are there. */
    private static void assertOpensToSomethingReadableOrIsRefused(byte[] file) throws IOException {
        SealedLayer layer;
        try {
            layer = open(file);
        } catch (CorruptFormatException e) {
            assertTrue(e.getMessage().startsWith("some.lsmt: at byte "), e.getMessage());
            return;
        }
        try (OverlayDevice device = new OverlayDevice("device", LayerStack.of(List.of(layer)))) {
            device.read(0, ByteBuffer.allocate((int) device.sizeBytes()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 7, false",
        "0, 1, 10, false",
        "0, 3, 8, false",
        "0, 1, 36028797018963967, false",
        "0, 0, 8, false",
        "0, 1, 7, true",
        "0, 1, 11, true",
        "1125899906842622, 2, 8, false",
        "1125899906842600, 16383, 8, true"
    })
    void entryThatLeavesItsBoundsIsRefused(long offset, int length, long mapped, boolean zeroed) throws IOException {
        SegmentMapping bad = new SegmentMapping(offset, length, mapped, zeroed, 0);
        assertTrue(refused(withEntries(bad)).getMessage().contains("at byte 5120: index entry 0, "));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 8, false",
        "1, 1, 9, false",
        "5, 0, 9, false",
        "5, 16383, 10, true",
        "1125899906842622, 1, 8, false"
    })
    void entryWithinItsBoundsIsTaken(long offset, int length, long mapped, boolean zeroed) throws IOException {
        SegmentMapping good = new SegmentMapping(offset, length, mapped, zeroed, 0);
        assertEquals(
                length == 0 ? List.of() : List.of(good),
                Segments.all(open(withEntries(good)).index()));
    }

    @ParameterizedTest
    @CsvSource({"9, 1", "8, 1", "5, 1", "5, 9"})
    void entriesThatOverlapOrDescendAreRefused(long secondOffset, int secondLength) throws IOException {
        String message = refused(withEntries(
                        new SegmentMapping(8, 2, 8, true, 0),
                        new SegmentMapping(secondOffset, secondLength, 8, true, 0)))
                .getMessage();
        assertTrue(message.contains("at byte 5136: index entry 1, "), message);
        assertTrue(message.endsWith("expected at least sector 10, found " + secondOffset), message);
    }

    @Test
    void tagsAndPaddingInTheMiddleMeanNothing() throws IOException {
        SealedLayer layer = open(withEntries(
                new SegmentMapping(0, 1, 8, false, 9),
                SegmentMapping.of(SegmentMapping.PADDING_LOW, 0),
                new SegmentMapping(1, 1, 9, false, 200)));
        assertEquals(
                List.of(new SegmentMapping(0, 1, 8, false, 0), new SegmentMapping(1, 1, 9, false, 0)),
                Segments.all(layer.index()));
    }

    @Test
    void falseCountsAndOffsetsAreRefusedWithoutBeingBelieved() throws IOException {
        byte[] whole = small();
        int trailerAt = whole.length - 4096;
        for (long count : new long[] {257, 1 << 30, 1L << 40, 1L << 60, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            refused(withLong(whole, trailerAt + 40, count));
        }
        for (long offset : new long[] {0, 4095, trailerAt + 1, 1L << 60, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            refused(withLong(whole, trailerAt + 32, offset));
        }
    }

    private static byte[] withLong(byte[] file, int at, long value) {
        byte[] changed = file.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        return changed;
    }

    @Test
    void hugeSparseFileThatClaimsAHugeIndexIsRefusedAtTheFirstEntry() throws IOException {
        for (long entries : new long[] {128_000_000L, 4_000_000_000L}) {
            Path path = folder.resolve(entries + ".lsmt");
            long trailerAt = 4096 + 16 * entries;
            writeEnds(path, trailerAt, IDENTITY.trailer(4096, entries).encode());
            try (CountingSource source = new CountingSource(FileSource.open(path))) {
                assertThrows(CorruptFormatException.class, () -> SealedLayer.open(source));
                assertTrue(source.reads().size() <= 3, "header, trailer and one piece at most");
            }
        }
    }

    private static void writeEnds(Path path, long trailerAt, ByteBuffer trailer) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(IDENTITY.header().encode(), 0);
            file.write(trailer, trailerAt);
        }
    }

    @Test
    void moreEntriesThanTheOriginalTakesAreOpened() throws IOException {
        int entries = 1_200_000;
        Path path = folder.resolve("many.lsmt");
        writeEnds(path, 4096 + 16L * entries, IDENTITY.trailer(4096, entries).encode());
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ByteBuffer piece = ByteBuffer.allocate(16 * 1000).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < entries; i += 1000) {
                piece.clear();
                for (int k = i; k < i + 1000; k++) {
                    piece.putLong(SegmentMapping.low(3L * k, 2)).putLong(SegmentMapping.high(8, true, 0));
                }
                file.write(piece.flip(), 4096 + 16L * i);
            }
        }
        try (SealedLayer layer = SealedLayer.open(FileSource.open(path))) {
            assertEquals(entries, layer.index().size());
            MergedIndex index = MergedIndex.merge(List.of(layer.index()));
            assertEquals(entries - 1, index.firstEndingAfter(3L * (entries - 1) - 1));
        }
    }
}
