package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything at once: each writer has a range of the disk to himself and knows what is in it, readers look over all
 * ranges, and meanwhile the device is flushed, compacted and restacked. Then everything is read once more, and after reopening.
 */
@ExtendWith(Seeded.class)
class ConcurrentDeviceTest {

    private static final int WRITERS = 4;
    private static final int RANGE_SECTORS = 300;
    private static final int SIZE = WRITERS * RANGE_SECTORS * 512;
    private static final int STEPS = Boolean.getBoolean("overlaybd.full") ? 100_000 : 1_500;

    @TempDir
    Path folder;

    private final AtomicInteger writing = new AtomicInteger(WRITERS);
    private int files;

    private WritableLayer upper(Kind kind, long size) throws IOException {
        files++;
        return WritableLayer.create(
                kind, folder.resolve("data" + files), folder.resolve("index" + files), LayerIdentity.ofSize(size));
    }

    @ParameterizedTest
    @EnumSource
    void allThatAWriterKnowsOfHisRangeHolds(Kind kind, Random random) throws Exception {
        byte[][] models = new byte[WRITERS][RANGE_SECTORS];
        ExecutorService pool = Executors.newFixedThreadPool(WRITERS + 3);
        try {
            LayerStack lowers;
            try (WritableOverlayDevice device = WritableOverlayDevice.of("disk", upper(kind, SIZE), LayerStack.NONE)) {
                List<Callable<Void>> tasks = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    int writer = i;
                    long seed = random.nextLong();
                    tasks.add(() -> write(device, writer, models[writer], new Random(seed)));
                }
                tasks.add(() -> lookOverAll(device));
                tasks.add(() -> lookOverAll(device));
                tasks.add(() -> restack(device, kind));
                for (Future<Void> result : pool.invokeAll(tasks)) {
                    result.get();
                }
                assertIs(models, device);
                lowers = device.lowers();
                assertTrue(lowers.size() >= 5, () -> "layers: " + lowers.size());
            }
        } finally {
            pool.shutdown();
        }
        new LeakGuard(folder).assertNoneOpen();
        try (WritableOverlayDevice again = reopened()) {
            assertIs(models, again);
        }
    }

    private WritableOverlayDevice reopened() throws IOException {
        List<SealedLayer> layers = new ArrayList<>();
        for (int i = 1; i < files; i++) {
            layers.add(SealedLayer.open(FileSource.open(folder.resolve("data" + i))));
        }
        WritableLayer upper = WritableLayer.open(folder.resolve("data" + files), folder.resolve("index" + files));
        return WritableOverlayDevice.of("disk", upper, LayerStack.of(layers));
    }

    /** Values of a writer are congruent to his number, so that readers know whose a sector is. */
    private Void write(WritableOverlayDevice device, int writer, byte[] model, Random random) throws IOException {
        try {
            for (int step = 0; step < STEPS; step++) {
                int from = random.nextInt(RANGE_SECTORS);
                int count = 1 + random.nextInt(Math.min(RANGE_SECTORS - from, 1 << random.nextInt(7)));
                long at = (writer * RANGE_SECTORS + from) * 512L;
                byte value = (byte) (random.nextInt(5) == 0 ? 0 : WRITERS * (1 + random.nextInt(30)) + writer);
                if (value == 0) {
                    device.discard(at, count * 512L);
                } else {
                    device.write(at, TestLayers.sectors(count, value));
                }
                Arrays.fill(model, from, from + count, value);
                if (step % 100 == 0) {
                    device.flush();
                }
                if (step % 10 == 0) {
                    assertRange(device, writer, model);
                }
            }
        } finally {
            writing.decrementAndGet();
        }
        return null;
    }

    private static void assertRange(BlockDevice device, int writer, byte[] model) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(RANGE_SECTORS * 512);
        device.read((long) writer * RANGE_SECTORS * 512, all);
        for (int sector = 0; sector < RANGE_SECTORS; sector++) {
            byte[] found = new byte[512];
            all.get(sector * 512, found);
            assertArrayEquals(TestLayers.sectors(1, model[sector]).array(), found);
        }
    }

    private static void assertIs(byte[][] models, BlockDevice device) throws IOException {
        for (int writer = 0; writer < WRITERS; writer++) {
            assertRange(device, writer, models[writer]);
        }
    }

    /** A sector is of one write, and of its owner, at any time. */
    private Void lookOverAll(BlockDevice device) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(SIZE);
        byte[] sector = new byte[512];
        while (writing.get() > 0) {
            all.clear();
            if (!device.tryRead(0, all)) {
                device.read(0, all.clear());
            }
            for (int i = 0; i < SIZE / 512; i++) {
                all.get(i * 512, sector);
                assertArrayEquals(TestLayers.sectors(1, sector[0]).array(), sector);
                assertTrue(sector[0] == 0 || sector[0] % WRITERS == i / RANGE_SECTORS, "sector of another writer");
            }
        }
        return null;
    }

    private Void restack(WritableOverlayDevice device, Kind kind) throws IOException {
        for (int round = 0; writing.get() > 0 || round < 6; round++) {
            device.upper().log.longFrom(20);
            device.flush();
            if (round < 30) {
                device.restack(upper(kind, 0), Publication.NONE);
            }
        }
        return null;
    }
}
