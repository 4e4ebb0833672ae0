package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.SealedLayer;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.WritableOverlayDevice;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.service.ImageService;
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
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is written into layers comes out again, whichever way the commands take them. */
@ExtendWith(Seeded.class)
class LayerLifeTest {

    private static final int USED_BYTES = 4 << 20;
    private static final int MAX_WRITE_BYTES = 256 * 1024;
    private static final int CHANGES = 60;
    private static final List<String> KINDS = List.of("", "-s", "--hybrid");
    private static final List<List<String>> FORMATS = List.of(
            List.of(),
            List.of("-t"),
            List.of("-z"),
            List.of("-z", "-t", "--compress_threads", "3"),
            List.of("-z", "--algorithm", "zstd", "--bs", "64"),
            List.of("-z", "-t", "--algorithm", "zstd", "--bs", "16", "-m", "tag"));

    @TempDir
    Path folder;

    @AfterEach
    void nothingStaysOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private String config(List<Path> lowers, String upper) {
        String layers = Run.json(lowers.toArray(Path[]::new));
        return upper.isEmpty()
                ? layers
                : layers.substring(0, layers.length() - 1) + ",\"upper\":{\"data\":\"" + file(upper + ".data")
                        + "\",\"index\":\"" + file(upper + ".index") + "\"}}";
    }

    /** Creates a layer with the command and writes to it through the service, and into the model. */
    private void write(Random random, byte[] model, List<Path> lowers, String upper, String kind) throws IOException {
        String size = lowers.isEmpty() ? "1" : "0";
        Object[] names = {file(upper + ".data"), file(upper + ".index"), size};
        Stream<Object> option = kind.isEmpty() ? Stream.empty() : Stream.of(kind);
        Run.ok(new OverlaybdCreate(), Stream.concat(option, Stream.of(names)).toArray());
        Files.writeString(file("rw.json"), config(lowers, upper));
        try (ImageService service = ImageService.configured(Optional.empty());
                WritableOverlayDevice device = (WritableOverlayDevice) service.open(file("rw.json"))) {
            for (int i = 0; i < CHANGES; i++) {
                change(random, model, device);
            }
        }
    }

    private static void change(Random random, byte[] model, WritableOverlayDevice device) throws IOException {
        int at = random.nextInt(USED_BYTES / 512) * 512;
        int length = Math.min(USED_BYTES - at, (1 + random.nextInt(MAX_WRITE_BYTES / 512)) * 512);
        byte[] bytes = new byte[length];
        if (random.nextInt(4) == 0) {
            device.discard(at, length);
        } else {
            fill(random, bytes);
            device.write(at, ByteBuffer.wrap(bytes));
        }
        System.arraycopy(bytes, 0, model, at, length);
    }

    /** Half of it can be compressed. */
    private static void fill(Random random, byte[] bytes) {
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] &= (byte) (i / 3000 % 2 == 0 ? 1 : -1);
        }
    }

    private void assertReads(byte[] model, String config, String what) throws IOException {
        Files.writeString(file("check.json"), config);
        Run.ok(new OverlaybdExport(), "-f", file("check.json"), file("disk"));
        assertEquals(1L << 30, Files.size(file("disk")));
        try (RandomAccessFile disk = new RandomAccessFile(file("disk").toFile(), "r")) {
            byte[] found = new byte[USED_BYTES];
            disk.readFully(found);
            for (int at = 0; at < USED_BYTES; at++) {
                if (found[at] != model[at]) {
                    throw new AssertionError(
                            what + ": byte " + at + ": expected " + model[at] + ", found " + found[at]);
                }
            }
        }
    }

    private Path commit(String upper, List<String> options) {
        List<Object> arguments = new ArrayList<>(options);
        Path layer = file(upper + ".layer");
        arguments.addAll(List.of(file(upper + ".data"), file(upper + ".index"), layer));
        Run.ok(new OverlaybdCommit(), arguments.toArray());
        return layer;
    }

    private Path seal(String upper, List<String> options) {
        Run.ok(new OverlaybdCommit(), "--seal", file(upper + ".data"), file(upper + ".index"));
        List<Object> arguments = new ArrayList<>(options);
        Path layer = file(upper + ".layer");
        arguments.addAll(List.of("--commit_sealed", file(upper + ".data"), layer));
        Run.ok(new OverlaybdCommit(), arguments.toArray());
        return layer;
    }

    @Test
    void stacksOfOneToFourReadAsWrittenCommittedAndMerged(Random random) throws IOException {
        byte[] model = new byte[USED_BYTES];
        List<Path> lowers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String upper = "l" + i;
            write(random, model, lowers, upper, KINDS.get(random.nextInt(KINDS.size())));
            assertReads(model, config(lowers, upper), "layer " + i + " over its lowers");
            Files.writeString(file("merge.json"), config(lowers, upper));
            merge(random, model, "stack of " + (i + 1) + " with its upper");

            List<String> format = FORMATS.get(random.nextInt(FORMATS.size()));
            lowers.add(random.nextBoolean() ? commit(upper, format) : seal(upper, format));
            assertReads(model, config(lowers, ""), "layer " + i + " committed with " + format);
            Files.writeString(file("merge.json"), config(lowers, ""));
            merge(random, model, "stack of " + (i + 1));
        }
    }

    private void merge(Random random, byte[] model, String what) throws IOException {
        List<Object> arguments = new ArrayList<>(random.nextBoolean() ? List.of("-t") : List.of());
        arguments.addAll(List.of(
                        List.<String>of(),
                        List.of("--compress"),
                        List.of("--compress=true"),
                        List.of("--compress=false"))
                .get(random.nextInt(4)));
        arguments.addAll(List.of(file("merge.json"), file("merged")));
        Run.ok(new OverlaybdMerge(), arguments.toArray());
        assertReads(model, config(List.of(file("merged")), ""), what + " merged with " + arguments);
    }

    @Test
    void everyFormatOfACommitHoldsTheSame(Random random) throws IOException {
        byte[] model = new byte[USED_BYTES];
        write(random, model, List.of(), "one", "");
        for (List<String> format : FORMATS) {
            Path layer = commit("one", format);
            assertReads(model, config(List.of(layer), ""), "committed with " + format);
            Files.delete(layer);
        }
    }

    @Test
    void mergedLayerHasTheSizeOfTheTopAndTheParentOfTheBottom(Random random) throws IOException {
        String parent = "6BA7B810-9DAD-11D1-80B4-00C04FD430C8";
        Run.ok(new OverlaybdCreate(), "-u", parent, file("a.data"), file("a.index"), 1);
        Run.ok(new OverlaybdCreate(), file("b.data"), file("b.index"), 2);
        Files.writeString(file("c"), config(List.of(commit("a", List.of("-z")), commit("b", List.of())), ""));
        Run.ok(new OverlaybdMerge(), file("c"), file("merged"));
        try (SealedLayer merged = InputFile.openLayer(file("merged"))) {
            assertEquals(2L << 30, merged.trailer().virtualSizeBytes());
            assertEquals(LayerUuid.NULL, merged.trailer().uuid());
            assertEquals(parent, merged.trailer().parentUuid().toString());
            assertEquals(merged.header().virtualSizeBytes(), merged.trailer().virtualSizeBytes());
        }
    }

    @Test
    void mergeOfNoImageLeavesAnOldLayer() throws IOException {
        Files.writeString(file("config"), config(List.of(file("none")), ""));
        Files.write(file("merged"), new byte[] {7});
        Run run = Run.of(new OverlaybdMerge(), file("config"), file("merged"));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("layer 0"), run.err());
        assertEquals(1, Files.size(file("merged")));
        assertEquals(2, Run.of(new OverlaybdMerge(), file("config")).exitCode());
    }

    @Test
    void resizedDiskKeepsItsContentAndReadsZerosBeyond(Random random) throws IOException {
        for (String kind : KINDS) {
            String upper = "rw" + kind;
            byte[] model = new byte[USED_BYTES];
            write(random, model, List.of(), upper, kind);
            Files.writeString(file("config"), config(List.of(), upper));
            assertTrue(Run.ok(new OverlaybdResize(), "--config", file("config"), "--size", "2")
                    .out()
                    .startsWith("Success: "));
            try (WritableLayer layer = WritableLayer.open(file(upper + ".data"), file(upper + ".index"))) {
                assertEquals(2L << 30, layer.sizeBytes());
            }
            resize(1, "no disk shrinks", "1");
            resize(2, "--size", "0");
            resize(2, "--size", "-5");
            resize(2, "--size", "1T");
            resize(2, "--size", "536870912");
            Run.ok(new OverlaybdExport(), "-f", file("config"), file("disk"));
            try (RandomAccessFile disk = new RandomAccessFile(file("disk").toFile(), "r")) {
                byte[] found = new byte[2 * USED_BYTES];
                disk.readFully(found);
                assertArrayEquals(Arrays.copyOf(model, found.length), found);
                assertEquals(2L << 30, disk.length());
            }
        }
    }

    private void resize(int exitCode, String expected, String size) {
        Run run = Run.of(new OverlaybdResize(), "--config", file("config"), "--size=" + size);
        assertEquals(exitCode, run.exitCode(), run.err());
        assertTrue(run.err().contains(expected), run.err());
    }

    @Test
    void imageWithoutAnUpperIsNotResized() throws IOException {
        Run.ok(new OverlaybdCreate(), file("a.data"), file("a.index"), 1);
        Files.writeString(file("config"), config(List.of(commit("a", List.of())), ""));
        resize(1, "has no upper", "2");
        assertEquals(2, Run.of(new OverlaybdResize(), "--size", 2).exitCode());
        assertEquals(
                2, Run.of(new OverlaybdResize(), "--config", file("config")).exitCode());
    }
}
