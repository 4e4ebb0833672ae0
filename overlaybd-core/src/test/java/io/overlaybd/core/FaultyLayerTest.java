package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One history of writes, discards, flushes and a compaction over a layer below, again and again; each time another call to
 * the files fails. Sectors hold one byte each.
 */
@ExtendWith(Seeded.class)
class FaultyLayerTest {

    private static final int SECTORS = 64;
    private static final int STEPS = Boolean.getBoolean("overlaybd.full") ? 60 : 20;

    @TempDir
    Path folder;

    private long seed;
    private Kind kind;
    private int run;

    /** What each sector may hold: as last flushed, and everything that was tried since. */
    private boolean[][] possible;

    private final byte[] latest = new byte[SECTORS];
    /** Whether the last change of the sector came back. */
    private final boolean[] certain = new boolean[SECTORS];

    @AfterEach
    void nothingStaysOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path data() {
        return folder.resolve("data" + run);
    }

    private Path index() {
        return folder.resolve("index" + run);
    }

    private WritableOverlayDevice device(WritableLayer upper) throws IOException {
        SealedLayer lower = TestLayers.layer(
                "lower", LayerIdentity.ofSize(SECTORS * 512), w -> w.data(0, TestLayers.sectors(SECTORS, 200)));
        return WritableOverlayDevice.of("faulty", upper, LayerStack.of(List.of(lower)));
    }

    @ParameterizedTest
    @CsvSource({"LOG,false", "LOG,true", "HYBRID,false", "HYBRID,true", "SPARSE,false", "SPARSE,true"})
    void whateverCallFailsFlushedDataStaysAndReadsGoOn(Kind ofKind, boolean stays, Random random) throws IOException {
        kind = ofKind;
        seed = random.nextLong();
        long failing = 0;
        boolean reached = true;
        while (reached) {
            run++;
            reached = runFailing(++failing, stays);
        }
        assertTrue(failing > STEPS, "calls: " + failing);
    }

    /** Answers whether there was such a call. */
    private boolean runFailing(long failing, boolean stays) throws IOException {
        reset();
        FaultyFiles files = new FaultyFiles(failing, stays);
        LayerIdentity identity = LayerIdentity.ofSize(SECTORS * 512);
        WritableLayer layer;
        try {
            layer = LayerPair.create(files, data(), index()).newLayer(kind, identity);
        } catch (IOException e) {
            assertFalse(Files.exists(data()) || Files.exists(index()), "left behind by a failed creation");
            return true;
        }
        WritableOverlayDevice device = device(layer);
        Random random = new Random(seed);
        for (int i = 0; i < STEPS; i++) {
            step(device, random, i + 1);
            layer.background.await();
            assertReads(device, true);
        }
        boolean failedSync = layer.state.hasFailed();
        if (failedSync) {
            assertRefusesChanges(device);
        }
        boolean closed = tried(device::close);
        boolean failed = files.failed() != null;
        assertTrue(closed || failed, "failed by itself");
        if (closed && !failedSync) {
            allFlushed();
        }
        try (WritableOverlayDevice again = device(WritableLayer.open(data(), index()))) {
            assertReads(again, false);
            step(again, random, 99);
            step(again, random, 98);
        }
        Files.delete(data());
        Files.delete(index());
        return failed;
    }

    private void reset() {
        possible = new boolean[SECTORS][256];
        for (int sector = 0; sector < SECTORS; sector++) {
            possible[sector][200] = true;
        }
        Arrays.fill(latest, (byte) 200);
        Arrays.fill(certain, true);
    }

    private void step(WritableOverlayDevice device, Random random, int value) throws IOException {
        int from = random.nextInt(SECTORS);
        int count = 1 + random.nextInt(Math.min(24, SECTORS - from));
        switch (random.nextInt(8)) {
            case 0, 1 -> change(from, count, 0, () -> device.discard(from * 512L, count * 512L));
            case 2, 3 -> flush(device);
            case 4 -> device.upper().log.longFrom(3);
            default -> change(from, count, value, () -> device.write(from * 512L, TestLayers.sectors(count, value)));
        }
    }

    private void change(int from, int count, int value, SharedFlush.Action action) {
        boolean done = tried(action);
        for (int sector = from; sector < from + count; sector++) {
            possible[sector][value] = true;
            latest[sector] = done ? (byte) value : latest[sector];
            certain[sector] = done;
        }
    }

    private static boolean tried(SharedFlush.Action action) {
        try {
            action.run();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void flush(WritableOverlayDevice device) {
        if (tried(device::flush)) {
            allFlushed();
        }
    }

    /** What was certain is the only thing possible now. */
    private void allFlushed() {
        for (int sector = 0; sector < SECTORS; sector++) {
            if (certain[sector]) {
                Arrays.fill(possible[sector], false);
                possible[sector][latest[sector] & 0xFF] = true;
            }
        }
    }

    private void assertReads(WritableOverlayDevice device, boolean live) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(SECTORS * 512);
        device.read(0, all);
        for (int sector = 0; sector < SECTORS; sector++) {
            byte found = all.get(sector * 512);
            assertArrayEquals(
                    TestLayers.sectors(1, found).array(),
                    Arrays.copyOfRange(all.array(), sector * 512, sector * 512 + 512));
            if (live && certain[sector]) {
                assertEquals(latest[sector], found, "sector " + sector + ", run " + run);
            }
            assertTrue(possible[sector][found & 0xFF], "sector " + sector + ": found " + found + ", run " + run);
        }
    }

    private static void assertRefusesChanges(WritableOverlayDevice device) {
        for (SharedFlush.Action change : new SharedFlush.Action[] {
            device::flush, () -> device.discard(0, 512), () -> device.write(0, TestLayers.sectors(1, 1))
        }) {
            IOException e = assertThrows(IOException.class, change::run);
            assertTrue(e.getMessage().contains("open the layer anew"), e.getMessage());
        }
    }
}
