package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.SealedLayer;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.FileSource;
import io.overlaybd.service.ImageService;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Seeded.class)
class ImportExportTest {

    private static final int BLOCK = 4096;

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeftOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private Path makeLayer(String name, Object... arguments) {
        Path layer = folder.resolve(name);
        Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = layer;
        Run.ok(new OverlaybdImport(), all);
        return layer;
    }

    private Path export(Path... layers) throws IOException {
        Path config = Files.writeString(folder.resolve("config.v1.json"), Run.json(layers));
        Path raw = folder.resolve("exported");
        Run.ok(new OverlaybdExport(), "-f", config, raw);
        return raw;
    }

    private static void assertContent(byte[] expected, Path raw) throws IOException {
        byte[] padded = Arrays.copyOf(expected, (expected.length + 511) / 512 * 512);
        assertEquals(-1, Arrays.mismatch(padded, Files.readAllBytes(raw)));
    }

    /** Some blocks of data, some zero, one half zero. */
    private static byte[] image(Random random, int length) {
        byte[] image = new byte[length];
        for (int at = 0; at < length; at += BLOCK) {
            if (random.nextInt(3) > 0) {
                byte[] block = new byte[Math.min(BLOCK / (1 + random.nextInt(2)), length - at)];
                random.nextBytes(block);
                System.arraycopy(block, 0, image, at, block.length);
            }
        }
        return image;
    }

    /** The image with blocks rewritten, zeroed and left, of another length. */
    private static byte[] changed(Random random, byte[] image, int length) {
        byte[] changed = Arrays.copyOf(image, length);
        for (int at = 0; at < length; at += BLOCK) {
            int end = Math.min(length, at + BLOCK);
            switch (random.nextInt(4)) {
                case 0 -> Arrays.fill(changed, at, end, (byte) 0);
                case 1 -> changed[at + random.nextInt(end - at)] ^= 0x55;
                default -> {}
            }
        }
        return changed;
    }

    private static int segments(Path plainLayer) throws IOException {
        try (SealedLayer layer = SealedLayer.open(FileSource.open(plainLayer))) {
            return layer.index().size();
        }
    }

    @RepeatedTest(10)
    void whatIsImportedIsExported(Random random) throws IOException {
        byte[] content = image(random, 1 + random.nextInt(3_000_000));
        Path raw = write("raw", content);
        List<Object[]> ways = List.of(
                new Object[] {raw},
                new Object[] {"--no-compress", raw},
                new Object[] {"--tar", "--algorithm", "zstd", "--bs", "16", raw},
                new Object[] {"-t", "--algorithm", "none", "--min-hole", "64K", raw});
        int way = random.nextInt(ways.size());
        assertContent(content, export(makeLayer("layer", ways.get(way))));
    }

    @RepeatedTest(10)
    void theDifferenceOnItsBaseIsTheSecondImage(Random random) throws IOException {
        byte[] base = image(random, 1 + random.nextInt(2_000_000));
        byte[] next = changed(random, base, base.length + random.nextInt(2) * random.nextInt(1_500_000));
        Path baseRaw = write("base", base);
        Path nextRaw = write("next", next);
        String minHole = List.of("4K", "8K", "100K", "1M").get(random.nextInt(4));
        Path bottom = makeLayer("bottom", baseRaw);
        Path top = makeLayer("top", "--min-hole", minHole, "--base", baseRaw, nextRaw);
        assertContent(next, export(bottom, top));
        assertContent(base, export(bottom));
    }

    @Test
    void theDifferenceHoldsOnlyWhatChanged() throws IOException {
        byte[] base = new byte[100 * BLOCK];
        Arrays.fill(base, (byte) 1);
        byte[] next = base.clone();
        next[10 * BLOCK] = 2;
        Arrays.fill(next, 20 * BLOCK, 30 * BLOCK, (byte) 0);
        Path layer = makeLayer("layer", "--no-compress", "--base", write("base", base), write("next", next));
        try (SealedLayer sealed = SealedLayer.open(FileSource.open(layer))) {
            assertEquals(2, sealed.index().size());
            assertEquals(80, sealed.index().get(0).offsetSectors());
            assertEquals(8, sealed.index().get(0).lengthSectors());
            assertFalse(sealed.index().get(0).zeroed());
            assertEquals(160, sealed.index().get(1).offsetSectors());
            assertEquals(80, sealed.index().get(1).lengthSectors());
            assertTrue(sealed.index().get(1).zeroed());
        }
    }

    @Test
    void equalImagesDifferInNothing(Random random) throws IOException {
        byte[] content = image(random, 500_001);
        Path layer = makeLayer("layer", "--no-compress", "--base", write("base", content), write("next", content));
        assertEquals(0, segments(layer));
    }

    @Test
    void aLargerMinHoleGivesFewerSegments() throws IOException {
        byte[] content = new byte[64 * BLOCK];
        for (int block = 0; block < 64; block += 2) {
            content[block * BLOCK] = 1;
        }
        Path raw = write("raw", content);
        assertEquals(32, segments(makeLayer("fine", "--no-compress", raw)));
        assertEquals(32, segments(makeLayer("exact", "--no-compress", "--min-hole", "4096", raw)));
        Path coarse = makeLayer("coarse", "--no-compress", "--min-hole", "8K", raw);
        assertEquals(1, segments(coarse));
        assertContent(content, export(coarse));
    }

    @Test
    void theSameImageGivesTheSameLayerOnAnyNumberOfThreads(Random random) throws IOException {
        Path raw = write("raw", image(random, 3_000_000));
        Path one = makeLayer("one", "--threads", "1", raw);
        Path three = makeLayer("three", "--threads", "3", raw);
        assertEquals(-1, Files.mismatch(one, three));
    }

    @Test
    void namesAndTagStandInTheLayer(Random random) throws IOException {
        String uuid = "6BA7B810-9DAD-11D1-80B4-00C04FD430C8";
        String parent = "00000000-0000-4000-8000-000000000050";
        Path layer = makeLayer(
                "layer",
                "--no-compress",
                "--uuid",
                uuid,
                "--parent-uuid",
                parent,
                "-m",
                "dernière",
                write("raw", new byte[9]));
        try (SealedLayer sealed = SealedLayer.open(FileSource.open(layer))) {
            assertEquals(uuid, sealed.trailer().uuid().toString());
            assertEquals(parent, sealed.header().parentUuid().toString());
            assertEquals("dernière", sealed.trailer().userTag().toString());
            assertEquals(512, sealed.trailer().virtualSizeBytes());
        }
    }

    @Test
    void anEmptyImageIsALayerOfNothing() throws IOException {
        assertContent(new byte[0], export(makeLayer("layer", write("raw", new byte[0]))));
    }

    @Test
    void aSparseImageOfManyGibibytesStaysSparse(Random random) throws IOException {
        long size = 40L << 30;
        Path raw = folder.resolve("raw");
        byte[] piece = new byte[10_000];
        random.nextBytes(piece);
        long[] places = {0, (3L << 30) - 5000, 17L << 30, size - piece.length};
        try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long place : places) {
                channel.write(ByteBuffer.wrap(piece), place);
            }
        }
        Path exported = export(makeLayer("layer", raw));
        assertEquals(size, Files.size(exported));
        try (FileSource source = FileSource.open(exported)) {
            byte[] found = new byte[piece.length];
            for (long place : places) {
                source.readFully(place, ByteBuffer.wrap(found));
                assertEquals(-1, Arrays.mismatch(piece, found));
            }
            assertTrue(source.nextHole(0) <= 1 << 20);
            assertTrue(source.nextData(1 << 20) >= (3L << 30) - (1 << 20));
        }
    }

    @Test
    void aStreamGetsEveryByte(Random random) throws IOException {
        byte[] content = image(random, 1_000_000 / 512 * 512);
        Path config = Files.writeString(folder.resolve("c.json"), Run.json(makeLayer("layer", write("raw", content))));
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        try (ImageService service = ImageService.configured(Optional.empty());
                BlockDevice device = service.open(config);
                Progress progress = new Progress(null, () -> 0, "", 0)) {
            RawOutput output = RawOutput.stream(stream);
            new RawExport(device, output, progress).run();
            output.finish();
        }
        assertEquals(-1, Arrays.mismatch(content, stream.toByteArray()));
    }

    @Test
    void aFilesystemMadeByMkfsComesBack(Random random) throws Exception {
        Path tree = Files.createDirectories(folder.resolve("tree/dir"));
        byte[] file = new byte[700_000];
        random.nextBytes(file);
        Files.write(tree.resolve("file"), file);
        Path raw = folder.resolve("ext4");
        mkfs("-d", tree.getParent().toString(), raw.toString(), "64M");
        Path exported = export(makeLayer("layer", raw));
        assertEquals(-1, Files.mismatch(raw, exported));
        Path grown = folder.resolve("grown");
        mkfs(grown.toString(), "128M");
        assertEquals(-1, Files.mismatch(grown, export(makeLayer("l1", raw), makeLayer("l2", "--base", raw, grown))));
    }

    private static void mkfs(String... arguments) throws Exception {
        Path mkfs = Path.of("/usr/sbin/mkfs.ext4");
        Assumptions.assumeTrue(Files.isExecutable(mkfs), "SKIPPED: mkfs.ext4 is not installed");
        String[] command = new String[arguments.length + 3];
        System.arraycopy(new String[] {mkfs.toString(), "-q", "-F"}, 0, command, 0, 3);
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0, said);
    }

    @Test
    void theFilesystemOfTheOriginalIsExported() throws Exception {
        Path raw =
                export(Vectors.path("ext4/l1.lz4.tar"), Vectors.path("ext4/l2.zstd.tar"), Vectors.path("ext4/l3.lsmt"));
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[1 << 20];
        try (var in = Files.newInputStream(raw)) {
            for (int count; (count = in.read(piece)) > 0; ) {
                digest.update(piece, 0, count);
            }
        }
        String expected = Files.readString(Vectors.path("ext4/l3.flat.sha256")).split(" ")[0];
        assertEquals(expected, HexFormat.of().formatHex(digest.digest()));
    }

    @Test
    void aBaseLongerThanTheImageIsRefused() throws IOException {
        Path base = write("base", new byte[5000]);
        Path raw = write("raw", new byte[4999]);
        Path layer = folder.resolve("layer");
        Run.of(new OverlaybdImport(), "--base", base, raw, layer)
                .assertFailed(
                        1,
                        "overlaybd-import: " + base + ": is longer (5000 bytes) than " + raw
                                + " (4999), but a device cannot shrink; make the new image as long as its base");
        assertFalse(Files.exists(layer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--algorithm=gzip",
                "--bs=3",
                "--min-hole=1K",
                "--min-hole=2G",
                "--min-hole=big",
                "--uuid=x",
                "--parent-uuid=123",
                "--threads=0",
                "--threads=257",
                "--bogus"
            })
    void wrongOptionsAreUsageErrors(String option) throws IOException {
        Path layer = folder.resolve("layer");
        Run run = Run.of(new OverlaybdImport(), option, write("raw", new byte[10]), layer);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().matches("overlaybd-import: .*; see overlaybd-import --help\n"), run.err());
        assertFalse(Files.exists(layer));
    }

    @Test
    void aTagTooLongIsAUsageError() throws IOException {
        Run.of(new OverlaybdImport(), "-m", "x".repeat(257), write("raw", new byte[10]), folder.resolve("layer"))
                .assertFailed(2, "overlaybd-import: --tag: expected at most 256 bytes; see overlaybd-import --help");
    }

    @Test
    void whatCannotBeReadOrWrittenIsNamed() throws IOException {
        Path raw = write("raw", new byte[10]);
        Path layer = folder.resolve("layer");
        Run.of(new OverlaybdImport(), folder.resolve("none"), layer)
                .assertFailed(1, "overlaybd-import: " + folder.resolve("none") + ": no such file or directory");
        Run.of(new OverlaybdImport(), folder, layer)
                .assertFailed(
                        1,
                        "overlaybd-import: " + folder + ": is neither a regular file nor a block device; name a file");
        Run.of(new OverlaybdImport(), "-f", raw, raw)
                .assertFailed(1, "overlaybd-import: " + raw + ": is also the source; name another target");
        Run.of(new OverlaybdImport(), "-f", raw, "/dev/null")
                .assertFailed(1, "overlaybd-import: /dev/null: exists and is no regular file; name another target");
        Run.of(new OverlaybdExport(), folder.resolve("none"), layer)
                .assertFailed(1, "overlaybd-export: " + folder.resolve("none") + ": no such configuration file");
    }

    @Test
    void aFailedExportLeavesNothing(Random random) throws IOException {
        byte[] content = new byte[500_000];
        random.nextBytes(content);
        Path layer = makeLayer("layer", write("raw", content));
        byte[] bytes = Files.readAllBytes(layer);
        bytes[100_000] ^= 1;
        Files.write(layer, bytes);
        Path config = Files.writeString(folder.resolve("c.json"), Run.json(layer));
        Run run = Run.of(new OverlaybdExport(), config, folder.resolve("out"));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().startsWith("overlaybd-export: layer 0 (" + layer + "): "), run.err());
        try (var entries = Files.list(folder)) {
            assertEquals(3, entries.count());
        }
    }
}
