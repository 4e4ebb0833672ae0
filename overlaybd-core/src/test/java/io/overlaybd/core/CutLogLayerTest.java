package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What crashes leave of an append-only layer. */
@ExtendWith(Seeded.class)
class CutLogLayerTest {

    private static final int SECTORS = 24;
    private static final int STEPS = 18;
    private static final boolean FULL = Boolean.getBoolean("overlaybd.full");

    /** Sizes of the files after a flush, and how many operations came before. */
    private record Flushed(long dataBytes, long indexBytes, int operations) {}

    @TempDir
    Path folder;

    private final List<byte[]> states = new ArrayList<>();
    private final List<Flushed> flushes = new ArrayList<>();
    private byte[] data;
    private byte[] index;

    private Path path(String name) {
        return folder.resolve(name);
    }

    /** A layer with a history: every sector is filled with one byte, so a state is one byte a sector. */
    private void makeHistory(Random random) throws IOException {
        byte[] state = new byte[SECTORS];
        states.add(state.clone());
        try (WritableLayer layer = WritableLayer.create(
                WritableLayer.Kind.LOG, path("data"), path("index"), LayerIdentity.ofSize(SECTORS * 512))) {
            for (int i = 1; i <= STEPS; i++) {
                change(layer, state, random, i);
                states.add(state.clone());
                if (i % 3 == 0) {
                    layer.flush();
                    flushes.add(new Flushed(Files.size(path("data")), Files.size(path("index")), i));
                }
            }
        }
        data = Files.readAllBytes(path("data"));
        index = Files.readAllBytes(path("index"));
    }

    private static void change(WritableLayer layer, byte[] state, Random random, int value) throws IOException {
        int from = random.nextInt(SECTORS);
        int count = 1 + random.nextInt(Math.min(4, SECTORS - from));
        if (random.nextInt(4) == 0) {
            layer.discard(from * 512L, count * 512L);
            Arrays.fill(state, from, from + count, (byte) 0);
        } else {
            layer.write(from * 512L, TestLayers.sectors(count, value));
            Arrays.fill(state, from, from + count, (byte) value);
        }
    }

    private static byte[] state(WritableLayer layer) throws IOException {
        try (LayerStack stack = LayerStack.of(List.of(layer.freeze()))) {
            byte[] all = WritableOverlayDeviceTest.OfKind.content(new OverlayDevice("cut", stack));
            byte[] state = new byte[SECTORS];
            for (int i = 0; i < SECTORS; i++) {
                state[i] = all[i * 512];
                assertArrayEquals(
                        TestLayers.sectors(1, state[i]).array(), Arrays.copyOfRange(all, i * 512, i * 512 + 512));
            }
            return state;
        }
    }

    /** Opens what is left, finds a state not before the last flush in it, and writes on. */
    private void checkCut(int dataBytes, int indexBytes) throws IOException {
        Files.write(path("data"), Arrays.copyOf(data, dataBytes));
        Files.write(path("index"), Arrays.copyOf(index, indexBytes));
        int flushed = flushes.stream()
                .filter(flush -> flush.dataBytes <= dataBytes && flush.indexBytes <= indexBytes)
                .mapToInt(Flushed::operations)
                .max()
                .orElse(0);
        byte[] expected;
        try (WritableLayer layer = WritableLayer.open(path("data"), path("index"))) {
            byte[] found = state(layer);
            boolean known = states.subList(flushed, states.size()).stream().anyMatch(s -> Arrays.equals(s, found));
            assertTrue(
                    known,
                    () -> "data cut at " + dataBytes + ", index at " + indexBytes + ": " + Arrays.toString(found)
                            + " is not a state since operation " + flushed);
            expected = found.clone();
            change(layer, expected, new Random(dataBytes), 101);
            change(layer, expected, new Random(indexBytes), 102);
        }
        try (WritableLayer layer = WritableLayer.open(path("data"), path("index"))) {
            assertEquals(0, layer.droppedBytes());
            assertArrayEquals(expected, state(layer));
        }
    }

    @Test
    void everyCutOfTheIndexFileKeepsWhatWasFlushed(Random random) throws IOException {
        makeHistory(random);
        for (int length = 4096; length <= index.length; length++) {
            checkCut(data.length, length);
        }
    }

    /** The files of an open layer, after a power loss that left them as they were, or shorter. */
    @Test
    void everyCutOfTheFilesOfAnOpenLayerKeepsWhatWasFlushed(Random random) throws IOException {
        byte[] state = new byte[SECTORS];
        states.add(state.clone());
        try (WritableLayer layer = WritableLayer.create(
                WritableLayer.Kind.LOG, path("data"), path("index"), LayerIdentity.ofSize(SECTORS * 512))) {
            for (int i = 1; i <= STEPS; i++) {
                change(layer, state, random, i);
                states.add(state.clone());
                if (i == STEPS / 2) {
                    layer.flush();
                    flushes.add(new Flushed(Files.size(path("data")), Files.size(path("index")), i));
                }
            }
            copyAll();
        }
        otherBoot("copy.index");
        data = Files.readAllBytes(path("copy"));
        index = Files.readAllBytes(path("copy.index"));
        for (int length = 4096; length <= index.length; length++) {
            checkCut(data.length, length);
        }
        for (int length = 4096; length <= data.length; length += 512) {
            checkCut(length, index.length);
        }
    }

    @Test
    void everyCutOfTheDataFileKeepsWhatWasFlushed(Random random) throws IOException {
        makeHistory(random);
        int step = FULL ? 1 : 73;
        for (int length = 4096; length <= data.length; length += step) {
            checkCut(length, index.length);
        }
        for (int length = 4096; length <= data.length; length += 512) {
            checkCut(length, index.length);
        }
    }

    @Test
    void garbageBehindTheLastRecordIsCutOff(Random random) throws IOException {
        makeHistory(random);
        byte[] whole = index;
        ByteBuffer beyond = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        beyond.putLong(1L << 50).putLong(data.length / 512 + 1);
        beyond.putLong(1L << 50).putLong(8);
        for (byte[] tail : new byte[][] {new byte[1], new byte[16], new byte[4096], beyond.array()}) {
            index = Arrays.copyOf(whole, whole.length + tail.length);
            System.arraycopy(tail, 0, index, whole.length, tail.length);
            checkCut(data.length, index.length);
        }
    }

    @Test
    void endOfTheProcessLosesNothingThatWasWritten(Random random) throws IOException {
        byte[] state = new byte[SECTORS];
        try (WritableLayer layer = WritableLayer.create(
                WritableLayer.Kind.LOG, path("data"), path("index"), LayerIdentity.ofSize(SECTORS * 512))) {
            for (int i = 1; i <= 100; i++) {
                change(layer, state, random, i);
                if (i % 17 == 0) {
                    layer.flush();
                }
                if (i % 5 == 0) {
                    copyAll();
                    try (WritableLayer copy = WritableLayer.open(path("copy"), path("copy.index"))) {
                        assertArrayEquals(state, state(copy));
                    }
                    try (WritableLayer copy = WritableLayer.open(path("copy"), path("copy.index"))) {
                        assertArrayEquals(state, state(copy));
                    }
                }
            }
        }
    }

    /** The files as a new process finds them if this one ends now. */
    private void copyAll() throws IOException {
        copy("data", "copy");
        copy("index", "copy.index");
    }

    private void copy(String from, String to) throws IOException {
        Files.deleteIfExists(path(to));
        if (Files.exists(path(from))) {
            Files.copy(path(from), path(to));
        }
    }

    @Test
    void flushesOfManyThreadsLoseNoRecord() throws Exception {
        byte[] state = new byte[SECTORS];
        try (WritableLayer layer = WritableLayer.create(
                WritableLayer.Kind.LOG, path("data"), path("index"), LayerIdentity.ofSize(SECTORS * 512))) {
            ExecutorService pool = Executors.newFixedThreadPool(SECTORS / 4);
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < SECTORS; i += 4) {
                int first = i;
                writers.add(pool.submit(() -> writeAndFlush(layer, state, first)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            pool.shutdown();
            copyAll();
            otherBoot("copy.index");
            try (WritableLayer copy = WritableLayer.open(path("copy"), path("copy.index"))) {
                assertArrayEquals(state, state(copy));
            }
        }
    }

    private static Void writeAndFlush(WritableLayer layer, byte[] state, int first) throws IOException {
        for (int value = 1; value <= 40; value++) {
            int sector = first + value % 4;
            layer.write(sector * 512L, TestLayers.sectors(1, value));
            state[sector] = (byte) value;
            layer.flush();
        }
        return null;
    }

    /** As if the power had been lost: the mark is of an earlier boot. */
    private void otherBoot(String name) throws IOException {
        byte[] file = Files.readAllBytes(path(name));
        assertTrue(file[528] != 0, "no mark");
        file[528] ^= 1;
        Files.write(path(name), file);
    }

    @Test
    void provisionalRecordsOfAnotherBootDoNotCount(Random random) throws IOException {
        byte[] state = new byte[SECTORS];
        try (WritableLayer layer = WritableLayer.create(
                WritableLayer.Kind.LOG, path("data"), path("index"), LayerIdentity.ofSize(SECTORS * 512))) {
            change(layer, state, random, 1);
            layer.flush();
            byte[] flushed = state.clone();
            change(layer, state, random, 2);
            copyAll();
            assertEquals(4096 + 2 * 16, Files.size(path("copy.index")));
            otherBoot("copy.index");
            try (WritableLayer copy = WritableLayer.open(path("copy"), path("copy.index"))) {
                assertEquals(16, copy.droppedBytes());
                assertArrayEquals(flushed, state(copy));
            }
        }
    }

    /** The kernel writes pages of a file in any order: of a flush that the power loss cut short the end may be there alone. */
    @Test
    void provisionalRecordsBeforeASettledOneCount(Random random) throws IOException {
        byte[] state = new byte[SECTORS];
        try (WritableLayer layer = WritableLayer.create(
                WritableLayer.Kind.LOG, path("data"), path("index"), LayerIdentity.ofSize(SECTORS * 512))) {
            for (int i = 1; i <= 10; i++) {
                change(layer, state, random, i);
            }
            copyAll();
            otherBoot("copy.index");
            byte[] log = Files.readAllBytes(path("copy.index"));
            assertEquals((byte) 255, log[log.length - 1]);
            log[log.length - 1] = 0;
            Files.write(path("copy.index"), log);
            try (WritableLayer copy = WritableLayer.open(path("copy"), path("copy.index"))) {
                assertEquals(0, copy.droppedBytes());
                assertArrayEquals(state, state(copy));
            }
        }
    }

    @Test
    void closedLayerHasNoTraceOfProvisionalRecords(Random random) throws IOException {
        makeHistory(random);
        assertArrayEquals(new byte[4096 - 390], Arrays.copyOfRange(index, 390, 4096));
        for (int tag = 4096 + 15; tag < index.length; tag += 16) {
            assertEquals(0, index[tag]);
        }
    }
}
