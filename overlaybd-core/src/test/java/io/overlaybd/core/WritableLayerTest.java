package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSink;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.LeakGuard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WritableLayerTest {

    private static final long SIZE = 1 << 20;
    private static final Map<Kind, Integer> FLAGS = Map.of(Kind.LOG, 0, Kind.HYBRID, 0x20, Kind.SPARSE, 0x10);

    @TempDir
    Path folder;

    private Path data() {
        return folder.resolve("data");
    }

    private Path index() {
        return folder.resolve("index");
    }

    private WritableLayer create(Kind kind) throws IOException {
        return WritableLayer.create(kind, data(), index(), LayerIdentity.ofSize(SIZE));
    }

    private WritableLayer open() throws IOException {
        return WritableLayer.open(data(), index());
    }

    @AfterEach
    void nothingStaysOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    private static byte[] content(WritableLayer layer) throws IOException {
        try (LayerStack stack = LayerStack.of(List.of(layer.freeze()))) {
            return WritableOverlayDeviceTest.OfKind.content(new OverlayDevice("frozen", stack));
        }
    }

    @ParameterizedTest
    @EnumSource
    void reopenedLayerReadsAsItWasClosed(Kind kind) throws IOException {
        byte[] before;
        try (WritableLayer layer = create(kind)) {
            layer.write(4096, TestLayers.sectors(16, 1));
            layer.write(8192, TestLayers.sectors(8, 2));
            layer.discard(4096, 4096);
            layer.write(40960, TestLayers.sectors(8, 3));
            before = content(layer);
        }
        try (WritableLayer layer = open()) {
            assertEquals(kind, layer.kind());
            assertEquals(SIZE, layer.sizeBytes());
            assertEquals(0, layer.droppedBytes());
            assertArrayEquals(before, content(layer));
        }
    }

    @ParameterizedTest
    @EnumSource
    void discardsHideTheLayersBelowAfterReopening(Kind kind) throws IOException {
        try (WritableLayer layer = create(kind)) {
            layer.write(0, TestLayers.sectors(64, 1));
            layer.discard(0, 16384);
            layer.discard(512 * 1024, 1536);
            layer.write(8192, TestLayers.sectors(8, 2));
        }
        SealedLayer lower = TestLayers.layer("lower", LayerIdentity.ofSize(SIZE), w -> TestLayers.longData(w, 0, 2048));
        try (BlockDeviceOver device = new BlockDeviceOver(open(), lower)) {
            byte[] all = device.content();
            assertArrayEquals(new byte[8192], Arrays.copyOf(all, 8192));
            assertEquals(2, all[8192]);
            assertArrayEquals(new byte[4096], Arrays.copyOfRange(all, 12288, 16384));
            assertEquals(1, all[16384]);
            assertArrayEquals(new byte[1536], Arrays.copyOfRange(all, 512 * 1024, 512 * 1024 + 1536));
            assertEquals((512 * 1024 + 1536) / 512 / 512, all[512 * 1024 + 1536]);
        }
    }

    private record BlockDeviceOver(WritableOverlayDevice device) implements AutoCloseable {

        BlockDeviceOver(WritableLayer upper, SealedLayer lower) throws IOException {
            this(WritableOverlayDevice.of("disk", upper, LayerStack.of(List.of(lower))));
        }

        byte[] content() throws IOException {
            return WritableOverlayDeviceTest.OfKind.content(device);
        }

        @Override
        public void close() throws IOException {
            device.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void sealedLayerReadsTheSameAndCommitsAsTheLiveOne(Kind kind) throws IOException {
        LayerUuid uuid = new LayerUuid(1, 2);
        LayerUuid parent = new LayerUuid(3, 4);
        LayerIdentity identity = new LayerIdentity(SIZE, uuid, parent, UserTag.NONE);
        try (WritableLayer layer = WritableLayer.create(kind, data(), index(), identity)) {
            layer.write(4096, TestLayers.sectors(1000, 1));
            layer.discard(40960, 8192);
            byte[] before = content(layer);
            commit(layer.freeze(), "live");
            try (SealedLayer sealed = layer.seal()) {
                assertEquals(uuid, sealed.trailer().uuid());
                assertEquals(parent, sealed.trailer().parentUuid());
                commit(sealed, "handed");
            }
            assertThrows(IOException.class, () -> layer.write(0, TestLayers.sectors(1, 1)));
            try (SealedLayer sealed = SealedLayer.open(FileSource.open(data()))) {
                assertEquals(6 | FLAGS.get(kind), sealed.trailer().flags());
                commit(sealed, "sealed");
                assertArrayEquals(
                        before,
                        WritableOverlayDeviceTest.OfKind.content(
                                new OverlayDevice("sealed", LayerStack.of(List.of(sealed)))));
            }
        }
        assertEquals(-1, Files.mismatch(folder.resolve("live"), folder.resolve("sealed")));
        assertEquals(-1, Files.mismatch(folder.resolve("live"), folder.resolve("handed")));
    }

    private void commit(SealedLayer layer, String to) throws IOException {
        try (FileSink sink = FileSink.create(folder.resolve(to), FileSink.Existing.REFUSE)) {
            Committer.commit(LayerStack.of(List.of(layer)), sink, CommitOptions.NONE);
        }
    }

    @Test
    void allKindsCommitToTheSameBytes() throws IOException {
        for (Kind kind : Kind.values()) {
            Path base = Files.createDirectory(folder.resolve(kind.name()));
            try (WritableLayer layer = WritableLayer.create(
                    kind, base.resolve("data"), base.resolve("index"), LayerIdentity.ofSize(SIZE))) {
                layer.write(512, TestLayers.sectors(77, 1));
                layer.discard(1024, 2048);
                layer.write(81920, TestLayers.sectors(700, 2));
                commit(layer.freeze(), kind + ".lsmt");
            }
        }
        assertEquals(-1, Files.mismatch(folder.resolve("LOG.lsmt"), folder.resolve("SPARSE.lsmt")));
        assertEquals(-1, Files.mismatch(folder.resolve("LOG.lsmt"), folder.resolve("HYBRID.lsmt")));
    }

    @ParameterizedTest
    @EnumSource(names = {"LOG", "HYBRID"})
    void frozenLayerThatIsNotSparseStaysAsItWas(Kind kind) throws IOException {
        try (WritableLayer layer = create(kind)) {
            layer.write(0, TestLayers.sectors(8, 1));
            byte[] before = content(layer);
            LayerStack frozen = LayerStack.of(List.of(layer.freeze()));
            layer.write(512, TestLayers.sectors(8, 2));
            layer.discard(0, 512);
            assertArrayEquals(before, WritableOverlayDeviceTest.OfKind.content(new OverlayDevice("frozen", frozen)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void grownLayerKeepsItsSizeAndContent(Kind kind) throws IOException {
        try (WritableLayer layer = create(kind)) {
            layer.write(0, TestLayers.sectors(8, 1));
            layer.resize(2 * SIZE);
            assertThrows(IllegalArgumentException.class, () -> layer.resize(SIZE));
            layer.write(2 * SIZE - 4096, TestLayers.sectors(8, 2));
        }
        try (WritableLayer layer = open()) {
            assertEquals(2 * SIZE, layer.sizeBytes());
            byte[] all = content(layer);
            assertEquals(1, all[0]);
            assertEquals(2, all[(int) (2 * SIZE - 1)]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void layerThatIsOpenCannotBeOpenedAgain(Kind kind) throws IOException {
        WritableLayer layer = create(kind);
        IOException e = assertThrows(IOException.class, this::open);
        assertTrue(e.getMessage().contains("is in use"), e.getMessage());
        layer.close();
        layer.close();
        open().close();
    }

    @Test
    void createRefusesFilesThatAreThereAndLeavesNothingOfItsOwn() throws IOException {
        Files.writeString(index(), "mine");
        assertThrows(FileAlreadyExistsException.class, () -> create(Kind.LOG));
        assertFalse(Files.exists(data()));
        assertEquals("mine", Files.readString(index()));
    }

    @Test
    void openRefusesWhatIsNoWritableLayer() throws IOException {
        assertThrows(NoSuchFileException.class, this::open);
        assertFalse(Files.exists(data()));
        create(Kind.LOG).close();
        Files.move(index(), folder.resolve("kept"));
        assertThrows(NoSuchFileException.class, this::open);
        Path other = folder.resolve("other");
        LayerIdentity stranger = new LayerIdentity(SIZE, new LayerUuid(9, 9), LayerUuid.NULL, UserTag.NONE);
        WritableLayer.create(Kind.LOG, other, index(), stranger).close();
        CorruptFormatException e = assertThrows(CorruptFormatException.class, this::open);
        assertTrue(e.getMessage().contains("uuid, as in"), e.getMessage());
        TestLayers.file(folder.resolve("committed"), LayerIdentity.ofSize(SIZE), writer -> {});
        assertThrows(
                CorruptFormatException.class,
                () -> WritableLayer.open(folder.resolve("committed"), folder.resolve("kept")));
    }

    @Test
    void cutHeaderIsAClearError() throws IOException {
        create(Kind.LOG).close();
        byte[] header = Files.readAllBytes(data());
        for (int length : new int[] {0, 1, 511, 4095}) {
            Files.write(data(), Arrays.copyOf(header, length));
            CorruptFormatException e = assertThrows(CorruptFormatException.class, this::open);
            assertTrue(e.getMessage().contains("at least 4096 bytes"), e.getMessage());
        }
        Files.write(data(), header);
        byte[] log = Files.readAllBytes(index());
        for (int length : new int[] {0, 1, 4095}) {
            Files.write(index(), Arrays.copyOf(log, length));
            assertThrows(CorruptFormatException.class, this::open);
        }
    }

    @Test
    void largestWritesAndDiscardsAreCutAsTheOriginalCutsThem() throws IOException {
        LayerIdentity identity = LayerIdentity.ofSize(64 << 20);
        try (WritableLayer layer = WritableLayer.create(Kind.LOG, data(), index(), identity)) {
            layer.write(0, ByteBuffer.allocateDirect(9 << 20));
            layer.discard(10 << 20, 20 << 20);
            assertEquals(3 + 3, layer.snapshot().size());
        }
        assertEquals(4096 + 6 * 16, Files.size(index()));
    }

    @ParameterizedTest
    @EnumSource
    void logThatHasGrownLongIsCompacted(Kind kind) throws IOException {
        byte[] before;
        try (WritableLayer layer = create(kind)) {
            layer.write(0, TestLayers.sectors(64, 9));
            layer.log.longFrom(10);
            for (int i = 0; i < 100; i++) {
                layer.write((i % 5) * 4096, TestLayers.sectors(8, i));
                layer.discard(65536 + (i % 7) * 4096, 4096);
                layer.flush();
                layer.background.await();
                if (layer.log.records() < 30) {
                    layer.log.longFrom(20);
                }
            }
            assertTrue(layer.log.records() <= 21, () -> layer.log.records() + " records");
            before = content(layer);
            assertTrue(assertThrows(IOException.class, this::open).getMessage().contains("in use"));
        }
        assertFalse(Files.exists(folder.resolve("index.compacted")));
        try (WritableLayer layer = open()) {
            assertEquals(0, layer.droppedBytes());
            assertArrayEquals(before, content(layer));
        }
    }

    @Test
    void compactionThatFailsDoesNoHarm() throws IOException {
        try (WritableLayer layer = create(Kind.LOG)) {
            Files.createDirectory(folder.resolve("index.compacted"));
            layer.log.longFrom(1);
            layer.write(0, TestLayers.sectors(8, 1));
            layer.write(4096, TestLayers.sectors(8, 2));
            layer.flush();
            layer.background.await();
            assertTrue(layer.background.lastFailure() instanceof FileAlreadyExistsException);
            assertEquals(2, layer.log.records());
            Files.delete(folder.resolve("index.compacted"));
        }
        try (WritableLayer layer = open()) {
            assertEquals(2, content(layer)[4096]);
        }
    }
}
