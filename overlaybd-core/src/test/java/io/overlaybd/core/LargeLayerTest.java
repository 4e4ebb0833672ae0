package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.TooManySegmentsException;
import io.overlaybd.io.FileSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers of more segments than the original opens in a finished one. */
class LargeLayerTest {

    private static final int SEGMENTS = LayerWriter.MAX_ENTRIES + 1000;

    @TempDir
    Path folder;

    private Path data() {
        return folder.resolve("data");
    }

    private Path index() {
        return folder.resolve("index");
    }

    /** As if every sector had been written by itself, {@code step} sectors from one to the next. */
    private void makeLayer(int step) throws IOException {
        long size = (long) SEGMENTS * step * 512;
        WritableLayer.create(Kind.LOG, data(), index(), LayerIdentity.ofSize(size))
                .close();
        try (FileChannel data = FileChannel.open(data(), StandardOpenOption.WRITE);
                FileChannel log = FileChannel.open(index(), StandardOpenOption.WRITE)) {
            data.write(ByteBuffer.allocate(1), 4096 + SEGMENTS * 512L - 1);
            ByteBuffer records = ByteBuffer.allocate(16 * 1000).order(ByteOrder.LITTLE_ENDIAN);
            log.position(4096);
            for (long i = 0; i < SEGMENTS; i++) {
                records.putLong(SegmentMapping.low(i * step, 1)).putLong(SegmentMapping.high(8 + i, false, 0));
                if (!records.hasRemaining() || i == SEGMENTS - 1) {
                    log.write(records.flip());
                    records.clear();
                }
            }
        }
    }

    @Test
    void sealedLayerOfTooManySegmentsHasThemJoined() throws IOException {
        makeLayer(1);
        WritableLayer layer = WritableLayer.open(data(), index());
        assertEquals(SEGMENTS, layer.snapshot().size());
        layer.seal().close();
        try (SealedLayer sealed = SealedLayer.open(FileSource.open(data()))) {
            assertTrue(
                    sealed.index().size() < 100,
                    () -> "segments: " + sealed.index().size());
            assertEquals(SEGMENTS - 1L, lastSector(sealed));
        }
    }

    private static long lastSector(SealedLayer sealed) {
        SegmentMapping last = sealed.index().get(sealed.index().size() - 1);
        return last.offsetSectors() + last.lengthSectors() - 1;
    }

    @Test
    void layerThatCannotBeJoinedIsNotSealedAndGoesOn() throws IOException {
        makeLayer(2);
        try (WritableLayer layer = WritableLayer.open(data(), index())) {
            assertThrows(TooManySegmentsException.class, layer::seal);
            layer.write(512, TestLayers.sectors(1, 1));
            layer.flush();
            assertEquals(SEGMENTS + 1, layer.snapshot().size());
        }
    }

    @Test
    void discardOfAHugeDiskIsReadBack() throws IOException {
        long size = 1L << 42;
        try (WritableLayer layer = WritableLayer.create(Kind.LOG, data(), index(), LayerIdentity.ofSize(size))) {
            layer.discard(0, size);
            assertEquals((size / 512 + 16382) / 16383, layer.snapshot().size());
        }
        try (WritableLayer layer = WritableLayer.open(data(), index())) {
            assertEquals((size / 512 + 16382) / 16383, layer.snapshot().size());
        }
    }
}
