package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.MemorySink;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.WritableBlockDeviceContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritableOverlayDeviceTest {

    abstract static class OfKind extends WritableBlockDeviceContract {

        private static final int SIZE = 400 * 512;

        @TempDir
        Path folder;

        private final Kind kind;
        private int files;

        OfKind(Kind kind) {
            this.kind = kind;
        }

        @AfterEach
        void nothingStaysOpen() {
            new LeakGuard(folder).assertNoneOpen();
        }

        @Override
        protected BlockDevice open(MemoryDevice model) throws IOException {
            return device(model);
        }

        private WritableOverlayDevice device(MemoryDevice model) throws IOException {
            return WritableOverlayDevice.of("disk", upper(0), LayerStack.of(List.of(TestLayers.like(model))));
        }

        private WritableLayer upper(long size) throws IOException {
            files++;
            return WritableLayer.create(
                    kind, folder.resolve("data" + files), folder.resolve("index" + files), LayerIdentity.ofSize(size));
        }

        @Test
        void upperWithoutLowersReadsZerosWhereNothingWasWritten() throws IOException {
            try (WritableOverlayDevice device = WritableOverlayDevice.of("disk", upper(SIZE), LayerStack.NONE)) {
                device.write(512, TestLayers.sectors(1, 7));
                ByteBuffer all = ByteBuffer.allocate(SIZE);
                device.read(0, all);
                assertEquals(0, all.get(511));
                assertEquals(7, all.get(512));
                assertEquals(0, all.get(1024));
            }
        }

        /** A block of the file system is written in part, and the layer opened anew. */
        @Test
        void sectorsBesideAWriteShowTheLayersBelowAfterReopening(Random random) throws IOException {
            long seed = random.nextLong();
            MemoryDevice before = MemoryDevice.random(new Random(seed), SIZE, 20);
            MemoryDevice model = MemoryDevice.random(new Random(seed), SIZE, 20);
            try (WritableOverlayDevice device = device(model)) {
                for (int sector : new int[] {0, 13, 14, 100, SIZE / 512 - 1}) {
                    byte[] bytes = new byte[512];
                    random.nextBytes(bytes);
                    model.write(sector * 512L, bytes);
                    device.write(sector * 512L, ByteBuffer.wrap(bytes));
                }
                model.zero(40 * 512, 512);
                device.discard(40 * 512, 512);
                assertArrayEquals(model.copy(0, SIZE), content(device));
            }
            WritableLayer upper = WritableLayer.open(folder.resolve("data1"), folder.resolve("index1"));
            try (WritableOverlayDevice again =
                    WritableOverlayDevice.of("disk", upper, LayerStack.of(List.of(TestLayers.like(before))))) {
                assertArrayEquals(model.copy(0, SIZE), content(again));
            }
        }

        @Test
        void upperIsReadWithoutWaitingOnceItIsInMemory() throws IOException {
            try (WritableOverlayDevice device = WritableOverlayDevice.of("disk", upper(SIZE), LayerStack.NONE)) {
                device.write(512, TestLayers.sectors(20, 7));
                ByteBuffer dst = ByteBuffer.allocateDirect(30 * 512);
                assertTrue(device.tryRead(0, dst));
                assertEquals(30 * 512, dst.position());
                assertEquals(0, dst.get(511));
                assertEquals(7, dst.get(512));
                assertEquals(7, dst.get(21 * 512 - 1));
                assertEquals(0, dst.get(21 * 512));
            }
        }

        @Test
        void grownDeviceHasZerosWhereLowersHaveWhatWasNeverSeen() throws IOException {
            SealedLayer lower =
                    TestLayers.layer("lower", LayerIdentity.ofSize(100 * 512), w -> TestLayers.longData(w, 0, 300));
            try (WritableOverlayDevice device =
                    WritableOverlayDevice.of("disk", upper(0), LayerStack.of(List.of(lower)))) {
                assertEquals(100 * 512, device.sizeBytes());
                device.grow(400 * 512);
                assertEquals(400 * 512, device.sizeBytes());
                assertArrayEquals(new byte[300 * 512], Arrays.copyOfRange(content(device), 100 * 512, 400 * 512));
                device.write(399 * 512, TestLayers.sectors(1, 3));
                assertThrows(IllegalArgumentException.class, () -> device.grow(100 * 512));
            }
            try (WritableLayer again = WritableLayer.open(folder.resolve("data1"), folder.resolve("index1"));
                    WritableOverlayDevice device =
                            WritableOverlayDevice.of("disk", again, LayerStack.of(List.of(lower)))) {
                byte[] all = content(device);
                assertEquals(0, all[100 * 512 - 1]);
                assertEquals(0, all[299 * 512]);
                assertEquals(3, all[399 * 512]);
            }
        }

        @Test
        void upperWithoutSizeTakesThatOfTheStackForGood(Random random) throws IOException {
            device(MemoryDevice.random(random, SIZE, 9)).close();
            try (WritableLayer again = WritableLayer.open(folder.resolve("data1"), folder.resolve("index1"))) {
                assertEquals(SIZE, again.sizeBytes());
            }
        }

        @Test
        void frozenDeviceMergesIntoOneLayerOfTheSameContent(Random random) throws IOException {
            MemoryDevice model = MemoryDevice.random(random, SIZE, 20);
            MemorySink merged = new MemorySink();
            try (WritableOverlayDevice device = device(model)) {
                for (int i = 0; i < 50; i++) {
                    change(random, model, device);
                }
                Committer.commit(device.freeze(), merged, CommitOptions.NONE);
            }
            SealedLayer layer = SealedLayer.open(new MemorySource("merged", merged.bytes()));
            assertArrayEquals(model.copy(0, SIZE), content(new OverlayDevice("merged", LayerStack.of(List.of(layer)))));
        }

        @Test
        void restackKeepsTheContentAndTheSealedLayerStaysAsItWas(Random random) throws IOException {
            MemoryDevice model = MemoryDevice.random(random, SIZE, 20);
            byte[][] snapshots = new byte[5][];
            try (WritableOverlayDevice device = device(model)) {
                for (int i = 0; i < snapshots.length; i++) {
                    for (int j = 0; j < 50; j++) {
                        change(random, model, device);
                    }
                    snapshots[i] = model.copy(0, SIZE);
                    device.restack(upper(0), Publication.NONE);
                    assertArrayEquals(snapshots[i], content(device));
                }
                change(random, model, device);
                assertArrayEquals(model.copy(0, SIZE), content(device));
                assertEquals(1 + snapshots.length, device.lowers().size());
            }
            assertSealed(snapshots);
        }

        /** Each sealed file, over those before it, is what the disk was then, up to what the bottom layer had. */
        private void assertSealed(byte[][] snapshots) throws IOException {
            SealedLayer[] layers = new SealedLayer[snapshots.length];
            for (int i = 0; i < layers.length; i++) {
                layers[i] = SealedLayer.open(FileSource.open(folder.resolve("data" + (i + 1))));
            }
            try (LayerStack all = LayerStack.of(List.of(layers))) {
                OverlayDevice device = new OverlayDevice("sealed", all);
                byte[] found = content(device);
                device.extents(0, SIZE, (offset, length, extent) -> {
                    for (long at = offset; extent != BlockDevice.ExtentKind.HOLE && at < offset + length; at++) {
                        assertEquals(snapshots[snapshots.length - 1][(int) at], found[(int) at]);
                    }
                    return true;
                });
            }
        }

        private static void change(Random random, MemoryDevice model, BlockDevice device) throws IOException {
            int sector = random.nextInt(SIZE / 512);
            int length = 512 * (1 + random.nextInt(Math.min(20, SIZE / 512 - sector)));
            if (random.nextInt(4) == 0) {
                model.zero(sector * 512L, length);
                device.discard(sector * 512L, length);
            } else {
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                model.write(sector * 512L, bytes);
                device.write(sector * 512L, ByteBuffer.wrap(bytes));
            }
        }

        static byte[] content(BlockDevice device) throws IOException {
            ByteBuffer all = ByteBuffer.allocate((int) device.sizeBytes());
            device.read(0, all);
            return all.array();
        }

        @Test
        void refusedRestackLeavesTheDeviceAsItWas(Random random) throws IOException {
            MemoryDevice model = MemoryDevice.random(random, SIZE, 20);
            Kind other = kind == Kind.SPARSE ? Kind.LOG : Kind.SPARSE;
            try (WritableOverlayDevice device = device(model);
                    WritableLayer small = upper(512);
                    WritableLayer used = upper(SIZE);
                    WritableLayer ofOtherKind = WritableLayer.create(
                            other,
                            folder.resolve("other"),
                            folder.resolve("other.index"),
                            LayerIdentity.ofSize(SIZE))) {
                used.write(0, TestLayers.sectors(1, 1));
                for (WritableLayer refused : List.of(small, used, ofOtherKind)) {
                    assertThrows(IllegalArgumentException.class, () -> device.restack(refused, Publication.NONE));
                }
                change(random, model, device);
                assertArrayEquals(model.copy(0, SIZE), content(device));
            }
        }

        @Test
        void snapshotThatCannotBePublishedIsNone(Random random) throws IOException {
            MemoryDevice model = MemoryDevice.random(random, SIZE, 20);
            Path[] files = {folder.resolve("data1"), folder.resolve("index1")};
            Path[] copies = {folder.resolve("data.copy"), folder.resolve("index.copy")};
            try (WritableOverlayDevice device = device(model);
                    WritableLayer next = upper(0)) {
                change(random, model, device);
                assertThrows(
                        IOException.class,
                        () -> device.restack(next, () -> {
                            SealedLayer.open(FileSource.open(files[0])).close();
                            Files.copy(files[0], copies[0]);
                            Files.copy(files[1], copies[1]);
                            throw new IOException("of the test");
                        }));
                try (WritableLayer before = WritableLayer.open(copies[0], copies[1])) {
                    assertTrue(before.snapshot().size() > 0, "a sealed upper opens as the upper that it was");
                }
                change(random, model, device);
                assertArrayEquals(model.copy(0, SIZE), content(device));
                device.restack(next, Publication.NONE);
                change(random, model, device);
                assertArrayEquals(model.copy(0, SIZE), content(device));
            }
        }

        @Test
        void restacksBesideWritersAndReadersLoseNothing() throws Exception {
            AtomicBoolean done = new AtomicBoolean();
            try (WritableOverlayDevice device = WritableOverlayDevice.of("disk", upper(SIZE), LayerStack.NONE)) {
                Throwable[] failure = new Throwable[1];
                Thread load = new Thread(() -> failure[0] = failureOf(device, done));
                load.start();
                for (int i = 0; i < 30; i++) {
                    device.restack(upper(0), Publication.NONE);
                }
                done.set(true);
                load.join();
                assertTrue(failure[0] == null, () -> String.valueOf(failure[0]));
            }
        }

        private static Throwable failureOf(BlockDevice device, AtomicBoolean done) {
            try {
                Random random = new Random(5);
                byte[] latest = new byte[SIZE / 512];
                while (!done.get()) {
                    int sector = random.nextInt(latest.length);
                    latest[sector] = (byte) random.nextInt(100);
                    device.write(sector * 512L, TestLayers.sectors(1, latest[sector]));
                    int other = random.nextInt(latest.length);
                    ByteBuffer found = ByteBuffer.allocate(512);
                    device.read(other * 512L, found);
                    assertArrayEquals(TestLayers.sectors(1, latest[other]).array(), found.array());
                }
                return null;
            } catch (Throwable e) {
                return e;
            }
        }
    }

    @Nested
    class OverLog extends OfKind {
        OverLog() {
            super(Kind.LOG);
        }
    }

    @Nested
    class OverSparse extends OfKind {
        OverSparse() {
            super(Kind.SPARSE);
        }
    }

    @Nested
    class OverHybrid extends OfKind {
        OverHybrid() {
            super(Kind.HYBRID);
        }
    }
}
