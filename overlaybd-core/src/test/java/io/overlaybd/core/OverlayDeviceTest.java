package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.BlockDeviceContract;
import io.overlaybd.testing.CountingSource;
import io.overlaybd.testing.FaultySource;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.MemorySource;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OverlayDeviceTest extends BlockDeviceContract {

    private static final int SIZE = 600 * 512;

    @Override
    protected BlockDevice open(MemoryDevice model) throws IOException {
        return new OverlayDevice("overlay", LayerStack.of(List.of(TestLayers.like(model))));
    }

    private static OverlayDevice device(BlobSource... bottomFirst) throws IOException {
        List<SealedLayer> layers = new ArrayList<>();
        for (BlobSource source : bottomFirst) {
            layers.add(SealedLayer.open(source));
        }
        return new OverlayDevice("overlay", LayerStack.of(layers));
    }

    private static MemorySource source(String name, TestLayers.Content content) throws IOException {
        return new MemorySource(name, TestLayers.bytes(LayerIdentity.ofSize(SIZE), content));
    }

    @Test
    void stackReadsAsWhatWasPaintedLast(Random random) throws IOException {
        MemoryDevice model = new MemoryDevice("model", SIZE);
        List<SealedLayer> layers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            MemoryDevice layer = MemoryDevice.random(random, SIZE, 1 + random.nextInt(60));
            layers.add(TestLayers.like(layer));
            paint(layer, model);
        }
        try (OverlayDevice device = new OverlayDevice("overlay", LayerStack.of(layers))) {
            for (int i = 0; i < 500; i++) {
                int offset = random.nextInt(SIZE);
                int length = random.nextInt(SIZE - offset) >>> random.nextInt(12);
                assertReads(model, device, offset, length);
                assertEquals(extents(model, offset, length), extents(device, offset, length));
            }
            assertReads(model, device, 0, SIZE);
            assertEquals(extents(model, 0, SIZE), extents(device, 0, SIZE));
        }
    }

    private static void paint(MemoryDevice layer, MemoryDevice model) {
        try {
            layer.extents(0, SIZE, (offset, length, kind) -> {
                switch (kind) {
                    case DATA -> model.write(offset, layer.copy(offset, (int) length));
                    case ZERO -> model.zero(offset, (int) length);
                    case HOLE -> {}
                }
                return true;
            });
        } catch (EOFException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertReads(MemoryDevice model, OverlayDevice device, int offset, int length)
            throws IOException {
        ByteBuffer dst = TestLayers.sectors(length / 512 + 1, 0xA5).limit(length);
        device.read(offset, dst);
        byte[] found = new byte[length];
        dst.flip().get(found);
        assertArrayEquals(model.copy(offset, length), found);
    }

    @Test
    void eachMappedPieceIsOneReadAndZerosAreNone() throws IOException {
        CountingSource lower = new CountingSource(source("lower", writer -> {
            writer.data(10, TestLayers.sectors(10, 1));
            writer.zero(100, 10);
        }));
        CountingSource upper = new CountingSource(source("upper", writer -> writer.data(14, TestLayers.sectors(2, 2))));
        try (OverlayDevice device = device(lower, upper)) {
            lower.reset();
            upper.reset();
            device.read(9 * 512 + 1, ByteBuffer.allocate(20 * 512));
            assertEquals(
                    List.of(new CountingSource.Read(4096, 4 * 512), new CountingSource.Read(4096 + 6 * 512, 4 * 512)),
                    lower.reads());
            assertEquals(List.of(new CountingSource.Read(4096, 2 * 512)), upper.reads());
            device.read(11 * 512 + 7, ByteBuffer.allocate(100));
            assertEquals(
                    new CountingSource.Read(4096 + 512 + 7, 100), lower.reads().get(2));
            device.read(95 * 512, ByteBuffer.allocate(20 * 512));
            assertEquals(3, lower.reads().size());
        }
    }

    @Test
    void segmentsBeyondTheEndOfTheDeviceAreNotSeen() throws IOException {
        MemorySource source =
                new MemorySource("layer", TestLayers.bytes(LayerIdentity.ofSize(8 * 512 + 100), writer -> {
                    writer.data(4, TestLayers.sectors(10, 1));
                    writer.data(100, TestLayers.sectors(10, 1));
                }));
        try (OverlayDevice device = device(source)) {
            assertEquals(8 * 512, device.sizeBytes());
            assertEquals(
                    List.of(
                            new Extent(0, 4 * 512, BlockDevice.ExtentKind.HOLE),
                            new Extent(4 * 512, 4 * 512, BlockDevice.ExtentKind.DATA)),
                    extents(device, 0, 8 * 512));
            assertThrows(EOFException.class, () -> device.read(0, ByteBuffer.allocate(9 * 512)));
        }
    }

    @Test
    void failureNamesTheLayerFromTheBottomOnce() throws IOException {
        MemorySource good = source("good.lsmt", writer -> writer.data(0, TestLayers.sectors(1, 1)));
        MemorySource bad = source("bad.lsmt", writer -> writer.data(1, TestLayers.sectors(1, 1)));
        boolean[] broken = {false};
        FaultySource faulty = new FaultySource(bad, (offset, bytes) -> {
            if (broken[0]) {
                throw new EOFException("bad.lsmt: ends at byte 4000");
            }
        });
        try (OverlayDevice device = device(good, faulty, good)) {
            broken[0] = true;
            IOException e = assertThrows(IOException.class, () -> device.read(0, ByteBuffer.allocate(1024)));
            assertEquals("layer 1 (bad.lsmt): ends at byte 4000", e.getMessage());
            assertFalse(e instanceof EOFException, "the end of a layer is not the end of the device");
        }
    }

    @Test
    void readThatWouldBlockLeavesThePositionsAndOthersSucceed() throws IOException {
        MemorySource ready = source("ready", writer -> writer.data(0, TestLayers.sectors(2, 1)));
        BlobSource waiting = new FaultySource(
                source("waiting", writer -> writer.data(2, TestLayers.sectors(2, 2))), (offset, bytes) -> {});
        try (OverlayDevice device = device(ready, waiting)) {
            ByteBuffer dst = ByteBuffer.allocate(8 * 512);
            dst.position(3).limit(3 * 512);
            assertFalse(device.tryRead(0, dst));
            assertEquals(3, dst.position());
            assertEquals(3 * 512, dst.limit());
            assertTrue(device.tryRead(0, dst.limit(2 * 512)));
            assertTrue(device.tryRead(5 * 512, dst.clear()));
        }
    }

    @Test
    void readAllocatesNothing(Random random) throws IOException {
        MemoryDevice model = MemoryDevice.random(random, SIZE, 8);
        try (OverlayDevice device = new OverlayDevice("overlay", LayerStack.of(List.of(TestLayers.like(model))))) {
            ByteBuffer dst = ByteBuffer.allocateDirect(SIZE);
            device.read(0, dst);
            com.sun.management.ThreadMXBean thread =
                    (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = thread.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                device.read(0, dst.clear());
                device.tryRead(i, dst.clear().limit(SIZE - i));
            }
            long allocated = thread.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 2000, () -> allocated + " bytes for 2000 reads");
        }
    }

    @Test
    void closeReachesEveryLayerThoughSomeFail() throws IOException {
        List<CountingSource> sources = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String name = "layer " + i;
            sources.add(new CountingSource(failingToClose(source(name, writer -> {}))));
        }
        OverlayDevice device = device(sources.toArray(BlobSource[]::new));
        IOException e = assertThrows(IOException.class, device::close);
        assertEquals("close of layer 2", e.getMessage());
        assertEquals(2, e.getSuppressed().length);
        sources.forEach(source -> assertEquals(1, source.closes()));
    }

    private static BlobSource failingToClose(MemorySource inner) {
        return new BlobSource() {
            @Override
            public String name() {
                return inner.name();
            }

            @Override
            public long sizeBytes() {
                return inner.sizeBytes();
            }

            @Override
            public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
                inner.readFully(offsetBytes, dst);
            }

            @Override
            public void close() throws IOException {
                throw new IOException("close of " + inner.name());
            }
        };
    }

    @Test
    void thousandLayersReadAsOneDevice() throws IOException {
        List<SealedLayer> layers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int value = i;
            long sector = i % 600;
            layers.add(TestLayers.layer(
                    "layer", LayerIdentity.ofSize(SIZE), writer -> writer.data(sector, TestLayers.sectors(1, value))));
        }
        try (OverlayDevice device = new OverlayDevice("overlay", LayerStack.of(layers))) {
            ByteBuffer dst = ByteBuffer.allocate(SIZE);
            device.read(0, dst);
            for (int sector = 0; sector < 600; sector++) {
                int topmost = sector < 400 ? sector + 600 : sector;
                assertEquals((byte) topmost, dst.get(sector * 512));
            }
        }
    }
}
