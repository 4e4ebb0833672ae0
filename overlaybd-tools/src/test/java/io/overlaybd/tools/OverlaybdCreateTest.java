package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.testing.LeakGuard;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverlaybdCreateTest {

    private static final String PARENT = "6BA7B810-9DAD-11D1-80B4-00C04FD430C8";

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeftOpenOrHalfDone() throws IOException {
        new LeakGuard(folder).assertNoneOpen();
        assertEquals(List.of(), names().filter(name -> name.startsWith(".")).toList());
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList().stream();
        }
    }

    private Run run(String... options) {
        return Run.of(new OverlaybdCreate(), withFiles(options));
    }

    private void ok(String... options) {
        Run run = Run.ok(new OverlaybdCreate(), withFiles(options));
        assertEquals("overlaybd-create has created files SUCCESSFULLY\n", run.out());
    }

    private Object[] withFiles(String... options) {
        Stream<Object> files = Stream.of(folder.resolve("data"), folder.resolve("index"));
        return Stream.concat(files, Stream.of(options)).toArray();
    }

    private LayerHeader header(String name) throws IOException {
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            return LayerHeader.decode(ByteBuffer.wrap(in.readNBytes(LayerHeader.BYTES)), name, 0);
        }
    }

    private long size(String name) throws IOException {
        return Files.size(folder.resolve(name));
    }

    @Test
    void appendOnlyLayerHasTwoHeaders() throws IOException {
        ok("3", "-u", PARENT.toLowerCase());
        LayerHeader data = header("data");
        LayerUuid parent = LayerUuid.parse(PARENT).orElseThrow();
        assertNotEquals(LayerUuid.NULL, data.uuid());
        assertEquals(new LayerHeader(0x03, 0, 0, 3L << 30, data.uuid(), parent, UserTag.NONE), data);
        assertEquals(new LayerHeader(0x01, 4096, 0, 3L << 30, data.uuid(), parent, UserTag.NONE), header("index"));
        assertEquals(4096, size("data"));
        assertEquals(4096, size("index"));
        assertEquals(List.of("data", "index"), names().toList());
    }

    @Test
    void sparseLayerIsAnImageAndItsIndexEmpty() throws IOException {
        ok("-s", "1");
        assertEquals(0x13, header("data").flags());
        assertEquals(4096 + (1L << 30), size("data"));
        assertEquals(0, size("index"));
    }

    @Test
    void hybridLayerHasItsFlagInBothHeaders() throws IOException {
        ok("--hybrid", "1");
        assertEquals(0x23, header("data").flags());
        assertEquals(0x21, header("index").flags());
    }

    @Test
    void layerWithoutASizeTakesThatOfTheLayersBelow() throws IOException {
        ok("0");
        assertEquals(0, header("data").virtualSizeBytes());
        assertEquals(LayerUuid.NULL, header("data").parentUuid());
    }

    @Test
    void rawImageWinsOverAllKindsOfLayers() throws IOException {
        ok("--raw", "-s", "--turboOCI", "1");
        assertEquals(1L << 30, size("data"));
        assertEquals(0, size("index"));
        try (InputStream in = Files.newInputStream(folder.resolve("data"))) {
            assertArrayEquals(new byte[4096], in.readNBytes(4096));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s", "", "--hybrid", "--raw"})
    void filesThatExistAreKept(String option) throws IOException {
        String[] options =
                Stream.of(option, "1").filter(text -> !text.isEmpty()).toArray(String[]::new);
        Files.write(folder.resolve("index"), new byte[] {7});
        run(options).assertFailed(1, "overlaybd-create: " + folder.resolve("index") + ": already exists");
        assertEquals(List.of("index"), names().toList());
        Files.write(folder.resolve("data"), new byte[] {8});
        run(options).assertFailed(1, "overlaybd-create: " + folder.resolve("data") + ": already exists");
        assertArrayEquals(new byte[] {7}, Files.readAllBytes(folder.resolve("index")));
        assertArrayEquals(new byte[] {8}, Files.readAllBytes(folder.resolve("data")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s", "--mkfs", "--hybrid", "--raw"})
    void directoryOfTheFilesHasToBeThere(String option) {
        Path data = folder.resolve("none/data");
        Run.of(
                        new OverlaybdCreate(),
                        option,
                        data.toString(),
                        folder.resolve("index").toString(),
                        "1")
                .assertFailed(
                        1,
                        "overlaybd-create: " + data + ": the directory it is to be in does not exist; create it first");
    }

    @Test
    void permissionsAreThoseOfOrdinaryFiles() throws IOException {
        ok("1");
        for (String name : List.of("data", "index")) {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
            assertTrue(mode.matches("rw-[r-]--[r-]--"), mode);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-1,2",
        "1.5,2",
        "x,2",
        "536870912,2",
        "99999999999999999999,2",
        "1 -u nobody,2",
        "1 -s --hybrid,2",
        "0 --mkfs,2",
        "1 --nonsense,2",
        "1 2,2",
        "1 --turboOCI,1",
        "1 --fastoci -s,1"
    })
    void whatCannotBeIsRefusedAndCreatesNothing(String options, int exitCode) throws IOException {
        Run run = run(options.split(" "));
        assertEquals(exitCode, run.exitCode(), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertEquals(List.of(), names().toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-s", "--hybrid"})
    void fileSystemIsWholeAndTakesNoMoreThanItNeeds(String option) throws Exception {
        assumeTrue(isInstalled("mkfs.ext4") && isInstalled("e2fsck"), "SKIPPED: e2fsprogs is absent");
        ok(Stream.of(option, "--mkfs", "1").filter(text -> !text.isEmpty()).toArray(String[]::new));
        Path layer = folder.resolve("layer");
        Run.ok(new OverlaybdCommit(), folder.resolve("data"), folder.resolve("index"), layer);
        assertTrue(Files.size(layer) < 8 << 20, "layer of " + Files.size(layer) + " bytes");
        Files.writeString(folder.resolve("config"), Run.json(layer));
        Run.ok(new OverlaybdExport(), folder.resolve("config"), folder.resolve("disk"));
        Process check = new ProcessBuilder(
                        "/sbin/e2fsck", "-f", "-n", folder.resolve("disk").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(check.getInputStream().readAllBytes());
        assertEquals(0, check.waitFor(), output);
    }

    private static boolean isInstalled(String program) {
        return Files.isExecutable(Path.of("/sbin", program));
    }
}
