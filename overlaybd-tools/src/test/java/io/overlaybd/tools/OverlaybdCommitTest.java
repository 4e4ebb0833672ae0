package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.SealedLayer;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.VectorContent;
import io.overlaybd.testing.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverlaybdCommitTest {

    private static final long SIZE = 64L << 20;
    private static final int MAX_PIECE_BYTES = 4 << 20;

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeftOpenOrHalfDone() throws IOException {
        new LeakGuard(folder).assertNoneOpen();
        try (Stream<Path> entries = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    entries.filter(path -> path.getFileName().toString().startsWith("."))
                            .toList());
        }
    }

    private static Run run(Object... arguments) {
        return Run.of(new OverlaybdCommit(), arguments);
    }

    private static void ok(Object... arguments) {
        assertEquals(
                "overlaybd-commit has committed files SUCCESSFULLY\n",
                Run.ok(new OverlaybdCommit(), arguments).out());
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static LayerUuid uuid(String lastDigits) {
        return lastDigits == null
                ? LayerUuid.NULL
                : LayerUuid.parse(uuidText(lastDigits)).orElseThrow();
    }

    private static String uuidText(String lastDigits) {
        return "00000000-0000-4000-8000-0000000000" + lastDigits;
    }

    /** Writes what a file of the vectors says into the files {@code data} and {@code index}. */
    private void writable(WritableLayer.Kind kind, String ops, String uuid, String parent) throws IOException {
        LayerIdentity identity = new LayerIdentity(SIZE, uuid(uuid), uuid(parent), UserTag.NONE);
        try (WritableLayer layer = WritableLayer.create(kind, file("data"), file("index"), identity)) {
            for (String line : Files.readAllLines(Vectors.path("lsmt/" + ops + ".ops"))) {
                apply(layer, line.split(" "));
            }
        }
    }

    private static void apply(WritableLayer layer, String[] words) throws IOException {
        switch (words[0]) {
            case "w" -> {
                long at = Long.parseLong(words[1]);
                int length = Integer.parseInt(words[2]);
                for (int done = 0; done < length; done += MAX_PIECE_BYTES) {
                    int piece = Math.min(MAX_PIECE_BYTES, length - done);
                    long seed = Long.parseLong(words[3]);
                    layer.write(at + done, VectorContent.of(words[4].charAt(0), seed, at + done, piece));
                }
            }
            case "d" -> layer.discard(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "f" -> layer.flush();
            default -> {}
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"));
            digest.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "edge, 10, , 20, , , 093393605cdf6fa56226e4398df0ef87c2d37c47f4dd2d71e7c13d2c68037db5",
        "empty, 13, , 26, , , empty.lsmt",
        "l0, 40, , 50, , , d08693c1766226fadda50acb4bf3c23c8f9b4b6f10afd44f95ab78d6ac1f6b45",
        "l1, 41, 50, 51, 50, , 26565d940b4e72d2fbe4153a19e0d83903472b2d732ccce0ab053df2878866d6",
        "l2, 42, 51, 52, 51, , l2.lsmt",
        "l3, 43, 52, 53, 52, , l3.lsmt",
        "l3, 43, 52, 21, 22, hello user tag, l3-tag.lsmt",
        "l3, 43, 52, , , , l3-nouuid.lsmt"
    })
    void layersAreThoseOfTheOriginalBitForBit(
            String ops, String ownUuid, String ownParent, String uuid, String parent, String tag, String expected)
            throws IOException {
        writable(WritableLayer.Kind.LOG, ops, ownUuid, ownParent);
        List<Object> arguments = new ArrayList<>();
        if (uuid != null) {
            arguments.addAll(List.of("--uuid", uuidText(uuid)));
        }
        if (parent != null) {
            arguments.addAll(List.of("-p", uuidText(parent)));
        }
        if (tag != null) {
            arguments.addAll(List.of("-m", tag));
        }
        arguments.addAll(List.of(file("data"), file("index"), file("layer")));
        ok(arguments.toArray());
        if (expected.endsWith(".lsmt")) {
            assertEquals(-1, Files.mismatch(Vectors.path("lsmt/" + expected), file("layer")));
        } else {
            assertEquals(expected, sha256(file("layer")));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "edge, 10, , 20, , '-z', edge.lz4.bs4k.zfile",
        "edge, 10, , 20, , '-z -t', edge.lz4.tar",
        "edge, 10, , 20, , '-z -t --algorithm=zstd --bs=16 --compress_threads=3', edge.zstd.bs16k.tar",
        "l0, 40, , 50, , '-z -t', l0.lz4.tar",
        "l1, 41, 50, 51, 50, '-z --algorithm zstd --bs 16', l1.zstd.bs16k.zfile",
        "empty, 13, , 26, , '-z', empty.lz4.zfile"
    })
    void compressedLayersHoldWhatThoseOfTheOriginalHold(
            String ops, String ownUuid, String ownParent, String uuid, String parent, String options, String vector)
            throws IOException {
        writable(WritableLayer.Kind.LOG, ops, ownUuid, ownParent);
        List<Object> arguments = new ArrayList<>(List.of(options.split(" ")));
        arguments.addAll(List.of("--uuid", uuidText(uuid)));
        arguments.addAll(parent == null ? List.of() : List.of("--parent-uuid", uuidText(parent)));
        arguments.addAll(List.of(file("data"), file("index"), file("layer")));
        ok(arguments.toArray());
        Run.ok(new OverlaybdZFile(), "-x", "-t", file("layer"), file("ours"));
        Run.ok(new OverlaybdZFile(), "-x", "-t", Vectors.path("lsmt/" + vector), file("theirs"));
        assertEquals(-1, Files.mismatch(file("theirs"), file("ours")));
        assertEquals(options.contains("-t"), Files.size(file("layer")) % 512 == 0 && isTar(file("layer")));
    }

    private static boolean isTar(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(263), "ISO-8859-1").contains("ustar");
        }
    }

    @Test
    void sealedFileCommittedIsTheLayerOfTheOriginal() throws IOException {
        writable(WritableLayer.Kind.LOG, "edge", "10", null);
        Run sealed = Run.ok(new OverlaybdCommit(), "--seal", file("data"), file("index"));
        assertEquals("overlaybd-commit has sealed " + file("data") + " SUCCESSFULLY\n", sealed.out());
        assertEquals("3c03d6be71c89c0533be4878d9b879c3900317f2ead67d6146707c02c3e68466", sha256(file("data")));
        Run again = Run.ok(new OverlaybdCommit(), "--seal", file("data"), file("index"));
        assertEquals(file("data") + ": is sealed already\n", again.out());
        assertEquals("3c03d6be71c89c0533be4878d9b879c3900317f2ead67d6146707c02c3e68466", sha256(file("data")));

        Files.delete(file("index"));
        ok("--commit_sealed", "-z", "--uuid", uuidText("25"), file("data"), file("layer"));
        Run.ok(new OverlaybdZFile(), "-x", file("layer"), file("ours"));
        Run.ok(new OverlaybdZFile(), "-x", Vectors.path("lsmt/edge-fromsealed.lz4.zfile"), file("theirs"));
        assertEquals(-1, Files.mismatch(file("theirs"), file("ours")));
    }

    @Test
    void finishedLayersAreWrappedAnew() throws IOException {
        ok("--commit_sealed", "-t", "-p", uuidText("51"), Vectors.path("lsmt/l2.lsmt"), file("tar"));
        assertTrue(isTar(file("tar")));
        ok("--commit_sealed", "--uuid", uuidText("52"), file("tar"), file("plain"));
        assertEquals(-1, Files.mismatch(Vectors.path("lsmt/l2.lsmt"), file("plain")));
    }

    @Test
    void bytesDoNotDependOnTheNumberOfThreads() throws IOException {
        writable(WritableLayer.Kind.LOG, "l1", "41", null);
        for (String threads : List.of("1", "2", "7")) {
            ok("-z", "--compress_threads", threads, file("data"), file("index"), file("layer" + threads));
            assertEquals(-1, Files.mismatch(file("layer1"), file("layer" + threads)));
        }
        ok("-z", file("data"), file("index"), file("layer"));
        assertEquals(-1, Files.mismatch(file("layer1"), file("layer")));
    }

    @Test
    void sparseLayerCommitsToTheSameDevice() throws IOException {
        writable(WritableLayer.Kind.SPARSE, "edge", "10", null);
        ok(file("data"), file("index"), file("layer"));
        Files.writeString(file("config"), Run.json(file("layer")));
        Run.ok(new OverlaybdExport(), file("config"), file("disk"));
        assertEquals("1d47c2b8e1a87cb59e24ad232aea4b66862d1f1e77af7744ac23fb7548b5848b", sha256(file("disk")));
    }

    @Test
    void layerInUseIsNotCommitted() throws IOException {
        LayerIdentity identity = LayerIdentity.ofSize(SIZE);
        try (WritableLayer layer =
                WritableLayer.create(WritableLayer.Kind.LOG, file("data"), file("index"), identity)) {
            assertEquals(SIZE, layer.sizeBytes());
            run(file("data"), file("index"), file("layer"))
                    .assertFailed(
                            1,
                            "overlaybd-commit: " + file("data") + ": is in use: somebody else has it open for writing");
        }
        assertFalse(Files.exists(file("layer")));
    }

    @Test
    void anExistingLayerIsReplacedOnlyOnDemand() throws IOException {
        writable(WritableLayer.Kind.LOG, "empty", "13", null);
        Files.write(file("layer"), new byte[] {7});
        run(file("data"), file("index"), file("layer"))
                .assertFailed(1, "overlaybd-commit: " + file("layer") + ": already exists; use -f to replace it");
        assertArrayEquals(new byte[] {7}, Files.readAllBytes(file("layer")));
        ok("-f", file("data"), file("index"), file("layer"));
        try (SealedLayer layer = InputFile.openLayer(file("layer"))) {
            assertEquals(SIZE, layer.trailer().virtualSizeBytes());
        }
        byte[] before = Files.readAllBytes(file("data"));
        assertEquals(1, run("-f", file("data"), file("index"), file("data")).exitCode());
        assertArrayEquals(before, Files.readAllBytes(file("data")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--algorithm=lz5 -z",
                "--bs=5 -z",
                "--compress_threads=0 -z",
                "--compress_threads=-1 -z",
                "--uuid=x",
                "-p=y",
                "--nonsense",
                "--commit_sealed",
                "--upload=nowhere"
            })
    void wrongOptionsAreUsageErrorsAndCreateNothing(String options) throws IOException {
        writable(WritableLayer.Kind.LOG, "empty", "13", null);
        List<Object> arguments = new ArrayList<>(List.of(options.split(" ")));
        arguments.addAll(List.of(file("data"), file("index"), file("layer")));
        Run run = run(arguments.toArray());
        assertEquals(2, run.exitCode());
        assertTrue(run.err().matches("overlaybd-commit: .*; see overlaybd-commit --help\n"), run.err());
        assertFalse(Files.exists(file("layer")));
    }

    @Test
    void namesThatAreMissingAreUsageErrors() throws IOException {
        writable(WritableLayer.Kind.LOG, "empty", "13", null);
        assertEquals(2, run(file("data"), file("index")).exitCode());
        assertEquals(2, run(file("data")).exitCode());
        assertEquals(2, run("--seal", file("data")).exitCode());
        assertEquals(2, run("--commit_sealed", file("data")).exitCode());
        assertEquals(
                2,
                run("-m", "x".repeat(257), file("data"), file("index"), file("layer"))
                        .exitCode());
        ok("-m", "x".repeat(256), file("data"), file("index"), file("layer"));
    }

    @Test
    void whatIsNoLayerIsToldSo() throws IOException {
        writable(WritableLayer.Kind.LOG, "empty", "13", null);
        Files.write(file("other"), new byte[10_000]);
        assertFails("magic of a layer", file("other"), file("index"), file("layer"));
        assertEquals(2, run(file("data"), file("data"), file("layer")).exitCode());
        assertFails("flags", file("index"), file("data"), file("layer"));
        assertFails("magic of a layer", "--commit_sealed", file("other"), file("layer"));
        assertFails("overlaybd-inspect", "--commit_sealed", file("data"), file("layer"));
        assertFails("no such file", file("none"), file("index"), file("layer"));
        assertFails("no such file", "--seal", file("none"), file("index"));
        assertFails("no such file", "--commit_sealed", file("none"), file("layer"));
        assertFalse(Files.exists(file("layer")));
        assertFalse(Files.exists(file("none")));
    }

    private static void assertFails(String expected, Object... arguments) {
        Run run = run(arguments);
        assertEquals(1, run.exitCode(), run.err());
        assertTrue(run.err().contains(expected), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }
}
