package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.Segments;
import io.overlaybd.core.index.TooManySegmentsException;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.MemorySink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerWriterTest {

    private static final LayerIdentity MEBIBYTE = LayerIdentity.ofSize(1 << 20);

    @TempDir
    Path folder;

    private static List<SegmentMapping> index(TestLayers.Content content) throws IOException {
        return Segments.all(TestLayers.layer("layer", MEBIBYTE, content).index());
    }

    @Test
    void dataIsAppendedAndZerosStoreNothing() throws IOException {
        assertEquals(
                List.of(
                        new SegmentMapping(3, 2, 8, false, 0),
                        new SegmentMapping(5, 7, 10, true, 0),
                        new SegmentMapping(12, 1, 10, false, 0)),
                index(writer -> {
                    writer.data(3, TestLayers.sectors(2, 1));
                    writer.zero(5, 7);
                    writer.data(12, TestLayers.sectors(1, 1));
                }));
    }

    @Test
    void longRunIsCutWhereItsChunksStopFitting() throws IOException {
        Path path = folder.resolve("layer");
        TestLayers.file(path, MEBIBYTE, writer -> TestLayers.longData(writer, 0, 16384));
        try (SealedLayer layer = SealedLayer.open(FileSource.open(path))) {
            assertEquals(Segments.rows("{0,16320,8}{16320,64,16328}"), Segments.all(layer.index()));
        }
    }

    @Test
    void longZerosAreCutAtTheLongestSegment() throws IOException {
        assertEquals(
                List.of(
                        new SegmentMapping(1, 16383, 8, true, 0),
                        new SegmentMapping(16384, 16383, 8, true, 0),
                        new SegmentMapping(32767, 1, 8, true, 0)),
                index(writer -> writer.zero(1, 2 * 16383 + 1)));
    }

    @Test
    void indexIsPaddedToWholePagesUnlessItAlreadyIs() throws IOException {
        for (int[] row : new int[][] {{0, 0}, {1, 1}, {255, 1}, {256, 1}, {257, 2}}) {
            byte[] layer = TestLayers.bytes(MEBIBYTE, writer -> {
                for (int i = 0; i < row[0]; i++) {
                    writer.zero(2L * i, 1);
                }
            });
            assertEquals(2 * 4096 + row[1] * 4096, layer.length);
        }
    }

    @Test
    void whatIsNotAscendingOrNotWholeSectorsIsRefused() throws IOException {
        try (LayerWriter writer = LayerWriter.create(new MemorySink(), MEBIBYTE)) {
            writer.data(8, TestLayers.sectors(2, 1));
            assertThrows(IllegalArgumentException.class, () -> writer.data(9, TestLayers.sectors(1, 1)));
            assertThrows(IllegalArgumentException.class, () -> writer.zero(0, 1));
            assertThrows(IllegalArgumentException.class, () -> writer.zero(20, -1));
            assertThrows(IllegalArgumentException.class, () -> writer.zero(20, Long.MAX_VALUE));
            assertThrows(IllegalArgumentException.class, () -> writer.zero(1L << 50, 1));
            assertThrows(IllegalArgumentException.class, () -> writer.data(20, ByteBuffer.allocate(513)));
            writer.data(10, TestLayers.sectors(1, 1));
        }
    }

    @Test
    void indexThatTheOriginalCouldNotOpenIsRefused() throws IOException {
        int most = 1_000_000 / 256 * 256;
        MemorySink sink = new MemorySink();
        try (LayerWriter writer = LayerWriter.create(sink, LayerIdentity.ofSize(1L << 40))) {
            for (int i = 0; i < most; i++) {
                writer.zero(2L * i, 1);
            }
            writer.zero(2L * most, 1);
            TooManySegmentsException e = assertThrows(TooManySegmentsException.class, writer::finish);
            assertTrue(e.getMessage().toLowerCase(Locale.ROOT).startsWith("memory: segments: expected at most 999936"));
        }
        assertEquals(4096, sink.positionBytes());
        assertFalse(sink.isFinished());
    }

    @Test
    void sinkIsFinishedByFinishOnly() throws IOException {
        MemorySink sink = new MemorySink();
        LayerWriter writer = LayerWriter.create(sink, MEBIBYTE);
        assertFalse(sink.isFinished());
        writer.finish();
        assertTrue(sink.isFinished());
    }
}
