package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.Vectors;
import io.overlaybd.tools.inspect.Inspection;
import io.overlaybd.tools.inspect.Inspector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Seeded.class)
class OverlaybdInspectTest {

    @TempDir
    Path folder;

    @AfterEach
    void nothingStaysOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static Run ok(Object... arguments) {
        return Run.ok(new OverlaybdInspect(), arguments);
    }

    private static Run unhealthy(Object... arguments) {
        Run run = Run.of(new OverlaybdInspect(), arguments);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().endsWith("not healthy\n"), run.err());
        assertTrue(run.out().contains("problem"), run.out());
        return run;
    }

    private static void assertSays(Run run, String... expected) {
        for (String text : expected) {
            assertTrue(run.out().contains(text), () -> "no \"" + text + "\" in\n" + run.out());
        }
    }

    private void writable(WritableLayer.Kind kind) throws IOException {
        LayerIdentity identity = LayerIdentity.ofSize(1 << 20);
        try (WritableLayer layer = WritableLayer.create(kind, file("data"), file("index"), identity)) {
            layer.write(8192, ByteBuffer.allocate(16384));
            layer.write(8192, ByteBuffer.allocate(4096));
            layer.discard(65536, 8192);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lsmt/l2.lsmt, finished layer, 1",
        "lsmt/edge.lz4.tar, 'lz4, ', 1",
        "lsmt/l1.zstd.bs16k.zfile, 'blocks of 16 KiB, checksums, values in the header', 1",
        "lsmt/l3-tag.lsmt, 'user tag     hello user tag', 1",
        "lsmt/l3-tag.lsmt, 'parent uuid  00000000-0000-4000-8000-000000000022', 1",
        "lsmt/edge.idx, index file of a writable layer, 1",
        "lsmt/empty.data, 'data file of a writable layer, append-only', 1",
        "lsmt/l0.ops, raw data, 1",
        "zfile/in-1m-mixed.lz4.bs4k.v0.zfile, 'note         has no checksums', 1",
        "zfile/in-1m-mixed.zstd.bs64k.v1.zfile, 'raw data', 1",
        "zfile/in-4097.lz4.bs4k.v1.old.zfile, 'content      4097 bytes', 1",
        "zfile/in-64k-rand.lz4.bs64k.v1.zfile, '1 blocks of 64 KiB', 1",
        "ext4/l2.zstd.tar, 'disk         1073741824 bytes (1.0 GiB)', 1"
    })
    void filesOfTheOriginalAreToldAndHealthy(String vector, String expected) {
        assertSays(ok("--deep", Vectors.path(vector)), expected, "health       ok, every byte was read");
        assertSays(ok(Vectors.path(vector)), expected, "health       ok, as far as");
    }

    @Test
    void jsonHasTheNumbersOfTheLayer() {
        Run run = ok("--json", Vectors.path("lsmt/l2.lsmt"));
        assertSays(
                run,
                "\"kind\" : \"committed\"",
                "\"healthy\" : true",
                "\"virtualSizeBytes\" : 67108864",
                "\"uuid\" : \"00000000-0000-4000-8000-000000000052\"",
                "\"parentUuid\" : \"00000000-0000-4000-8000-000000000051\"",
                "\"problems\" : [ ]");
        assertTrue(!run.out().contains("zfile"), run.out());
        assertSays(ok("--json", Vectors.path("lsmt/l2.lsmt"), Vectors.path("lsmt/l3.lsmt")), "[ {", "}, {");
    }

    @Test
    void layersThatDoNotFitOnEachOtherAreTold() {
        Path two = Vectors.path("lsmt/l2.lsmt");
        Path three = Vectors.path("lsmt/l3.lsmt");
        ok(two, three);
        ok(
                Vectors.path("lsmt/empty.lsmt"),
                Vectors.path("lsmt/l3-nouuid.lsmt").getParent().resolve("empty.lsmt"));
        Run run = Run.of(new OverlaybdInspect(), three, two);
        assertEquals(1, run.exitCode());
        assertEquals("overlaybd-inspect: 1 of 2 files are not healthy\n", run.err());
        assertSays(run, "parent uuid: expected 00000000-0000-4000-8000-000000000053, that of " + three);
    }

    @Test
    void writableLayerIsToldWithItsIndexAndLeftAlone() throws IOException {
        writable(WritableLayer.Kind.LOG);
        Run run = ok("--deep", "--index", file("index"), file("data"));
        assertSays(
                run,
                "append-only",
                "index        3 entries, 3 segments",
                "data         16384 bytes",
                "zeroed       8192 bytes",
                "overwritten  4096 bytes");
        Files.write(file("index"), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
        assertSays(ok("--index", file("index"), file("data")), "note         3 bytes at the end of ");
        assertEquals(4096 + 3 * 16 + 3, Files.size(file("index")));
    }

    @Test
    void sparseLayerIsToldWithAndWithoutItsIndex() throws IOException {
        writable(WritableLayer.Kind.SPARSE);
        assertSays(ok(file("data")), "data file of a writable layer, sparse");
        assertSays(ok("--index", file("index"), file("data")), "zeroed       8192 bytes", "data         16384 bytes");
    }

    @Test
    void hybridLayerIsTold() throws IOException {
        writable(WritableLayer.Kind.HYBRID);
        assertSays(ok("--index", file("index"), file("data")), "hybrid", "2 segments", "data         16384 bytes");
    }

    @Test
    void sealedLayerIsTold() throws IOException {
        writable(WritableLayer.Kind.LOG);
        try (WritableLayer layer = WritableLayer.open(file("data"), file("index"))) {
            layer.seal().close();
        }
        assertSays(ok("--deep", file("data")), "finished layer, sealed in place", "overwritten  4096 bytes");
    }

    @Test
    void filesOfTwoLayersDoNotBelongTogether() throws IOException {
        writable(WritableLayer.Kind.LOG);
        assertSays(unhealthy("--index", Vectors.path("lsmt/edge.idx"), file("data")), "uuid, as in");
        assertSays(unhealthy("--index", file("data"), file("data")), "flags and index_offset of an index file");
        assertSays(unhealthy("--index", file("index"), Vectors.path("lsmt/l2.lsmt")), "has no index file");
        assertEquals(
                2,
                Run.of(new OverlaybdInspect(), "--index", file("index"), file("data"), file("data"))
                        .exitCode());
    }

    @Test
    void everyDamagedBlockIsFound(Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(Vectors.path("zfile/in-1m-mixed.lz4.bs4k.v1.ow.zfile"));
        bytes[8192 + random.nextInt(2000)] ^= 1; // not the first block, which is read to tell what is in it
        bytes[bytes.length / 2] ^= 4;
        Files.write(file("damaged"), bytes);
        assertSays(ok(file("damaged")), "as far as headers and indexes tell");
        Run run = unhealthy("--deep", file("damaged"));
        assertEquals(
                2, run.out().lines().filter(line -> line.contains("problem")).count(), run.out());
        Arrays.fill(bytes, 8192, bytes.length * 3 / 4, (byte) 7);
        Files.write(file("damaged"), bytes);
        assertSays(unhealthy("--deep", file("damaged")), "more damaged blocks");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lsmt/empty.lsmt", "lsmt/edge.lz4.tar", "lsmt/empty.lz4.zfile", "lsmt/edge.idx"})
    void cutFilesAndFlippedBitsNeverBreakTheInspection(String vector) throws IOException {
        byte[] bytes = Files.readAllBytes(Vectors.path(vector));
        int step = Math.max(1, bytes.length / 2000);
        for (int length = 0; length < bytes.length; length += step) {
            inspect(Arrays.copyOf(bytes, length));
        }
        int last = Math.max(0, bytes.length - 4096);
        for (int bit = 0; bit < 8 * 600; bit++) {
            inspect(flipped(bytes, bit));
            inspect(flipped(bytes, 8 * last + bit % (8 * (bytes.length - last))));
        }
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    private static Inspection inspect(byte[] bytes) throws IOException {
        return Inspector.inspect(new MemorySource("file", bytes), Optional.empty());
    }

    @Test
    void cutLayersAreNotHealthy() throws IOException {
        byte[] bytes = Files.readAllBytes(Vectors.path("lsmt/empty.lsmt"));
        for (int length = 4096; length < bytes.length; length += 512) {
            assertTrue(!inspect(Arrays.copyOf(bytes, length)).isHealthy(), length + " bytes");
        }
    }

    @Test
    void whatIsNoFileIsAnError() throws IOException {
        Run.of(new OverlaybdInspect(), folder)
                .assertFailed(
                        1,
                        "overlaybd-inspect: " + folder + ": is neither a regular file nor a block device; name a file");
        Run.of(new OverlaybdInspect(), file("none"))
                .assertFailed(1, "overlaybd-inspect: " + file("none") + ": no such file or directory");
        assertEquals(2, Run.of(new OverlaybdInspect()).exitCode());
        Files.createFile(file("empty"));
        assertSays(ok(file("empty")), "empty file");
        Files.write(file("half"), "ZFile\0\1".getBytes(StandardCharsets.ISO_8859_1));
        unhealthy(file("half"));
    }
}
