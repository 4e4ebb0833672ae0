package io.overlaybd.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.BlockDevice.ExtentKind;
import io.overlaybd.io.FileSink;
import io.overlaybd.io.FileSource;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writable stack against an array of bytes: writes, discards, flushes, reopenings, ends of the process, live snapshots, merges
 * and commits, in any order. Two million steps with {@code -Doverlaybd.full=true}.
 */
@ExtendWith(Seeded.class)
class WritableModelTest {

    private static final int SIZE = 256 * 1024;
    private static final int STEPS = Boolean.getBoolean("overlaybd.full") ? 2_000_000 : 4_000;
    private static final int LAYERS_BEFORE_A_MERGE = 5;

    @TempDir
    Path folder;

    private Random random;
    private Kind kind;
    private final byte[] model = new byte[SIZE];
    private final List<Path> lowers = new ArrayList<>();
    private int files;
    private Path data;
    private Path index;
    private WritableOverlayDevice device;

    @Test
    void anyStepsOnALogLayerReadAsTheModel(Random ofSeed) throws IOException {
        run(Kind.LOG, ofSeed);
    }

    @Test
    void anyStepsOnASparseLayerReadAsTheModel(Random ofSeed) throws IOException {
        run(Kind.SPARSE, ofSeed);
    }

    @Test
    void anyStepsOnAHybridLayerReadAsTheModel(Random ofSeed) throws IOException {
        run(Kind.HYBRID, ofSeed);
    }

    private void run(Kind ofKind, Random ofSeed) throws IOException {
        kind = ofKind;
        random = ofSeed;
        nameUpper();
        device = over(WritableLayer.create(kind, data, index, LayerIdentity.ofSize(SIZE)));
        for (int step = 0; step < STEPS; step++) {
            step();
        }
        assertSame();
        device.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    private void nameUpper() {
        data = folder.resolve("data" + ++files);
        index = folder.resolve("index" + files);
    }

    private WritableOverlayDevice over(WritableLayer upper) throws IOException {
        List<SealedLayer> layers = new ArrayList<>();
        for (Path lower : lowers) {
            layers.add(SealedLayer.open(FileSource.open(lower)));
        }
        return WritableOverlayDevice.of("model", upper, layers.isEmpty() ? LayerStack.NONE : LayerStack.of(layers));
    }

    private void step() throws IOException {
        switch (random.nextInt(600)) {
            case 0 -> snapshot();
            case 1 -> merge();
            case 2, 3 -> reopen();
            case 4 -> endProcess();
            case 5 -> commitAll();
            case 13 -> device.upper().log.longFrom(8);
            case 6, 7, 8, 9, 10, 11, 12 -> device.flush();
            default -> {
                if (random.nextInt(5) < 2) {
                    assertReads();
                } else {
                    change();
                }
            }
        }
    }

    private void change() throws IOException {
        int unit = random.nextInt(4) == 0 ? 4096 : 512;
        int offset = random.nextInt(SIZE / unit) * unit;
        int length = unit * (1 + (random.nextInt((SIZE - offset) / unit) >>> random.nextInt(9)));
        if (random.nextInt(4) == 0) {
            device.discard(offset, length);
            Arrays.fill(model, offset, offset + length, (byte) 0);
        } else {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            device.write(offset, ByteBuffer.wrap(bytes));
            System.arraycopy(bytes, 0, model, offset, length);
        }
    }

    private void assertReads() throws IOException {
        int offset = random.nextInt(SIZE);
        int length = random.nextInt(SIZE - offset) >>> random.nextInt(12);
        ByteBuffer dst = ByteBuffer.allocate(length);
        device.read(offset, dst);
        assertArrayEquals(Arrays.copyOfRange(model, offset, offset + length), dst.array());
    }

    private void assertSame() throws IOException {
        assertArrayEquals(model, WritableOverlayDeviceTest.OfKind.content(device));
        device.extents(0, SIZE, (offset, length, extent) -> {
            int from = (int) offset;
            if (extent != ExtentKind.DATA) {
                assertArrayEquals(new byte[(int) length], Arrays.copyOfRange(model, from, from + (int) length));
            }
            return true;
        });
    }

    private void snapshot() throws IOException {
        Path sealed = data;
        Path unused = index;
        nameUpper();
        device.restack(WritableLayer.create(kind, data, index, LayerIdentity.ofSize(0)), Publication.NONE);
        lowers.add(sealed);
        Files.delete(unused);
        assertSame();
        if (lowers.size() >= LAYERS_BEFORE_A_MERGE) {
            merge();
        }
    }

    /** All that is below the upper layer becomes one layer. */
    private void merge() throws IOException {
        if (lowers.isEmpty()) {
            return;
        }
        Path merged = folder.resolve("merged" + ++files);
        try (FileSink sink = FileSink.create(merged, FileSink.Existing.REFUSE)) {
            Committer.commit(device.lowers(), sink, CommitOptions.NONE);
        }
        device.close();
        for (Path lower : lowers) {
            Files.delete(lower);
        }
        lowers.clear();
        lowers.add(merged);
        device = over(WritableLayer.open(data, index));
        assertSame();
    }

    private void reopen() throws IOException {
        device.close();
        device = over(WritableLayer.open(data, index));
        assertEquals(0, device.upper().droppedBytes());
        assertSame();
    }

    /** Goes on with copies of the files as they are, as a new process would. */
    private void endProcess() throws IOException {
        Path oldData = data;
        Path oldIndex = index;
        nameUpper();
        Files.copy(oldIndex, index);
        if (kind == Kind.SPARSE) {
            copyWithHoles(oldData, data);
        } else {
            Files.copy(oldData, data);
        }
        device.close();
        Files.delete(oldData);
        Files.delete(oldIndex);
        device = over(WritableLayer.open(data, index));
        assertSame();
    }

    private static void copyWithHoles(Path from, Path to) throws IOException {
        try (FileSource source = FileSource.open(from);
                RandomAccessFile copy = new RandomAccessFile(to.toFile(), "rw")) {
            copy.setLength(source.sizeBytes());
            for (long at = source.nextData(0); at >= 0; ) {
                byte[] piece = new byte[(int) (source.nextHole(at) - at)];
                source.readFully(at, ByteBuffer.wrap(piece));
                copy.seek(at);
                copy.write(piece);
                long end = at + piece.length;
                at = end < source.sizeBytes() ? source.nextData(end) : -1;
            }
        }
    }

    /** Everything, the live upper layer too, as one new layer. */
    private void commitAll() throws IOException {
        List<SealedLayer> layers = new ArrayList<>();
        for (Path lower : lowers) {
            layers.add(SealedLayer.open(FileSource.open(lower)));
        }
        layers.add(device.upper().freeze());
        Path all = folder.resolve("all");
        try (LayerStack stack = LayerStack.of(layers);
                FileSink sink = FileSink.create(all, FileSink.Existing.REFUSE)) {
            Committer.commit(stack, sink, CommitOptions.NONE);
        }
        try (OverlayDevice flat =
                new OverlayDevice("all", LayerStack.of(List.of(SealedLayer.open(FileSource.open(all)))))) {
            assertArrayEquals(model, WritableOverlayDeviceTest.OfKind.content(flat));
        }
        Files.delete(all);
    }
}
