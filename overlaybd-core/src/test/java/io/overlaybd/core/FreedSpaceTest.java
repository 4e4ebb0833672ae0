package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.sys.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is discarded or overwritten is given back to the file system. */
class FreedSpaceTest {

    private static final int MIB = 1 << 20;
    private static final int SIZE = 24 * MIB;

    @TempDir
    Path folder;

    private WritableLayer create(Kind kind) throws IOException {
        return WritableLayer.create(kind, folder.resolve("data"), folder.resolve("index"), LayerIdentity.ofSize(SIZE));
    }

    private WritableLayer open() throws IOException {
        return WritableLayer.open(folder.resolve("data"), folder.resolve("index"));
    }

    private static void fill(WritableLayer layer, int value) throws IOException {
        for (int at = 0; at < SIZE; at += MIB) {
            layer.write(at, TestLayers.sectors(MIB / 512, value + at / MIB));
        }
    }

    private static void assertHas(WritableLayer layer, int value, int zeroFrom, int zeroTo) throws IOException {
        try (LayerStack stack = LayerStack.of(List.of(layer.freeze()))) {
            OverlayDevice device = new OverlayDevice("frozen", stack);
            ByteBuffer sector = ByteBuffer.allocate(512);
            for (int at = 0; at < SIZE; at += 61 * 512) {
                device.read(at, sector.clear());
                assertEquals(at >= zeroFrom && at < zeroTo ? 0 : value + at / MIB, sector.get(511), "byte " + at);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void discardedDataTakesNoSpace(Kind kind) throws IOException {
        try (WritableLayer layer = create(kind)) {
            fill(layer, 1);
            layer.flush();
            long before = layer.data.allocatedBytes();
            assertTrue(before >= SIZE, () -> before + " bytes allocated");
            layer.discard(2 * MIB, 20 * MIB);
            layer.flush();
            layer.background.await();
            assertNull(layer.background.lastFailure());
            long after = layer.data.allocatedBytes();
            assertTrue(after <= before - 19 * MIB, () -> "allocated " + before + ", then " + after);
            assertHas(layer, 1, 2 * MIB, 22 * MIB);
        }
        try (WritableLayer layer = open()) {
            assertHas(layer, 1, 2 * MIB, 22 * MIB);
        }
    }

    @Test
    void overwrittenDataOfALogTakesNoSpace() throws IOException {
        try (WritableLayer layer = create(Kind.LOG)) {
            fill(layer, 1);
            fill(layer, 50);
            layer.flush();
            layer.background.await();
            long allocated = layer.data.allocatedBytes();
            assertTrue(allocated < SIZE + 2 * MIB, () -> allocated + " bytes allocated");
            assertEquals(1, layer.reclaims());
            assertHas(layer, 50, 0, 0);
        }
        try (WritableLayer layer = open()) {
            assertHas(layer, 50, 0, 0);
        }
    }

    @Test
    void dataOfAFrozenLayerStays() throws IOException {
        try (WritableLayer layer = create(Kind.LOG)) {
            fill(layer, 1);
            SealedLayer frozen = layer.freeze();
            fill(layer, 50);
            layer.flush();
            layer.background.await();
            assertEquals(0, layer.reclaims());
            ByteBuffer sector = ByteBuffer.allocate(512);
            new OverlayDevice("frozen", LayerStack.of(List.of(frozen))).read(0, sector);
            assertEquals(1, sector.get(0));
        }
    }

    @Test
    void whatDiesDuringAFlushIsGivenBackAtTheNext() throws IOException {
        Interrupted files = new Interrupted();
        try (WritableLayer layer = files.create(2 * SIZE)) {
            long before = allocatedOfFull(layer);
            layer.discard(0, 20L * MIB);
            files.atSync = () -> layer.discard(20L * MIB, 20L * MIB);
            layer.flush();
            layer.background.await();
            layer.flush();
            layer.background.await();
            long after = layer.data.allocatedBytes();
            assertTrue(after <= before - 39L * MIB, () -> "allocated " + before + ", then " + after);
        }
    }

    @Test
    void whatIsFlushedWhileSpaceIsGivenBackIsGivenBackToo() throws IOException {
        Interrupted files = new Interrupted();
        try (WritableLayer layer = files.create(2 * SIZE)) {
            long before = allocatedOfFull(layer);
            layer.discard(0, 20L * MIB);
            files.atPunch = () -> {
                layer.discard(20L * MIB, 20L * MIB);
                layer.flush();
            };
            layer.flush();
            layer.background.await();
            assertNull(layer.background.lastFailure());
            long after = layer.data.allocatedBytes();
            assertTrue(after <= before - 39L * MIB, () -> "allocated " + before + ", then " + after);
        }
    }

    private static long allocatedOfFull(WritableLayer layer) throws IOException {
        for (int at = 0; at < 2 * SIZE; at += MIB) {
            layer.write(at, TestLayers.sectors(MIB / 512, 1 + at / MIB));
        }
        layer.flush();
        layer.background.await();
        return layer.data.allocatedBytes();
    }

    /** Something happens in the middle of a call to a file, once. */
    private final class Interrupted implements LayerFiles {

        interface Event {
            void happen() throws IOException;
        }

        private Event atSync;
        private Event atPunch;

        WritableLayer create(long sizeBytes) throws IOException {
            return LayerPair.create(this, folder.resolve("data"), folder.resolve("index"))
                    .newLayer(Kind.LOG, LayerIdentity.ofSize(sizeBytes));
        }

        @Override
        public LayerFile wrap(Path path, FileDescriptor file) {
            return new LayerFile(path, file) {
                @Override
                void sync() throws IOException {
                    Event event = atSync;
                    atSync = null;
                    if (event != null) {
                        event.happen();
                    }
                    super.sync();
                }

                @Override
                void punchHole(long offsetBytes, long lengthBytes) throws IOException {
                    Event event = atPunch;
                    atPunch = null;
                    if (event != null) {
                        event.happen();
                    }
                    super.punchHole(offsetBytes, lengthBytes);
                }
            };
        }
    }
}
