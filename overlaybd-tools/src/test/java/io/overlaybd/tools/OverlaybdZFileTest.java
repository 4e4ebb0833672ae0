package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.Vectors;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Seeded.class)
class OverlaybdZFileTest {

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeftOpenOrHalfDone() throws IOException {
        new LeakGuard(folder).assertNoneOpen();
        try (Stream<Path> entries = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    entries.map(path -> path.getFileName().toString())
                            .filter(name -> name.startsWith("."))
                            .toList());
        }
    }

    private static Run run(Object... arguments) {
        return Run.of(new OverlaybdZFile(), arguments);
    }

    private static Run ok(Object... arguments) {
        return Run.ok(new OverlaybdZFile(), arguments);
    }

    private Path plain(Random random, int length) throws IOException {
        byte[] content = new byte[length];
        random.nextBytes(content);
        for (int i = 0; i < length; i++) {
            content[i] &= (byte) (i / 5000 % 2 == 0 ? 3 : -1);
        }
        return Files.write(folder.resolve("plain"), content);
    }

    @ParameterizedTest
    @CsvSource({"lz4,4", "lz4,32", "zstd,16", "zstd,64"})
    void whatIsCompressedIsExtracted(String algorithm, int blockSizeKiB) throws IOException {
        Path plain = plain(new Random(blockSizeKiB), 3_000_001);
        Path packed = folder.resolve("packed");
        Path again = folder.resolve("again");
        Run compressed = ok("--algorithm", algorithm, "--bs", blockSizeKiB, plain, packed);
        assertEquals("compress file " + plain + " as " + packed + "\ncompress file done.\n", compressed.out());
        assertTrue(Files.size(packed) < Files.size(plain));
        assertEquals(
                packed + " is a valid zfile blob.\n", ok("--verify", packed).out());
        Run extracted = ok("-x", packed, again);
        assertEquals("decompress file " + packed + " as " + again + "\ndecompress file done.\n", extracted.out());
        assertEquals(-1, Files.mismatch(plain, again));
    }

    @Test
    void aTarIsWrittenAndReadOnDemand(Random random) throws IOException {
        Path plain = plain(random, 100_000);
        Path packed = folder.resolve("packed.tar");
        ok("-t", plain, packed);
        assertEquals(0, Files.size(packed) % 512);
        assertEquals(
                packed + " is a valid zfile blob.\n", ok("--verify", packed).out());
        run("-x", packed, folder.resolve("again"))
                .assertFailed(1, "overlaybd-zfile: " + packed + ": is wrapped in a tar; use -t");
        ok("-x", "-t", packed, folder.resolve("again"));
        assertEquals(-1, Files.mismatch(plain, folder.resolve("again")));
    }

    @Test
    void oneNameTakesStandardInputInWhateverPieces(Random random) throws IOException {
        Path plain = plain(random, 300_000);
        Path packed = folder.resolve("packed");
        InputStream before = System.in;
        System.setIn(new FilterInputStream(new ByteArrayInputStream(Files.readAllBytes(plain))) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return super.read(into, offset, Math.min(length, 1 + random.nextInt(5000)));
            }
        });
        try {
            ok(packed);
        } finally {
            System.setIn(before);
        }
        ok(plain, folder.resolve("from-file"));
        assertEquals(-1, Files.mismatch(packed, folder.resolve("from-file")));
    }

    @Test
    void permissionsAreThoseOfTheOriginal(Random random) throws IOException {
        Path packed = folder.resolve("packed");
        ok(plain(random, 10), packed);
        ok("-x", packed, folder.resolve("again"));
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("again"))));
        String compressed = PosixFilePermissions.toString(Files.getPosixFilePermissions(packed));
        assertTrue(compressed.matches("rw-[r-]--[r-]--"), compressed);
    }

    @Test
    void anExistingTargetIsReplacedOnlyOnDemand(Random random) throws IOException {
        Path plain = plain(random, 5000);
        Path packed = Files.write(folder.resolve("packed"), new byte[] {7});
        run(plain, packed).assertFailed(1, "overlaybd-zfile: " + packed + ": already exists; use -f to replace it");
        assertArrayEquals(new byte[] {7}, Files.readAllBytes(packed));
        ok("-f", plain, packed);
        ok("--verify", packed);
    }

    @Test
    void aTargetIsNeverItsSource(Random random) throws IOException {
        Path plain = plain(random, 5000);
        run("-f", plain, plain)
                .assertFailed(1, "overlaybd-zfile: " + plain + ": is also the source; name another target");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--algorithm=lz5", "--bs=5", "--bs=128", "--bs=0", "--bs=4k", "--nonsense"})
    void wrongOptionsAreUsageErrorsAndCreateNothing(String option) throws IOException {
        Path packed = folder.resolve("packed");
        Run run = run(option, plain(new Random(1), 10), packed);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().matches("overlaybd-zfile: .*; see overlaybd-zfile --help\n"), run.err());
        assertFalse(Files.exists(packed));
    }

    @Test
    void extractingNeedsTwoNames() {
        run("-x", "a")
                .assertFailed(
                        2,
                        "overlaybd-zfile: to extract, name both the source and the target; see overlaybd-zfile --help");
    }

    @Test
    void aDamagedFileLeavesNoTarget(Random random) throws IOException {
        Path packed = folder.resolve("packed");
        ok(plain(random, 1_000_000), packed);
        byte[] bytes = Files.readAllBytes(packed);
        bytes[512 + random.nextInt(bytes.length / 2)] ^= 1;
        Files.write(packed, bytes);
        Run extracted = run("-x", packed, folder.resolve("again"));
        assertEquals(1, extracted.exitCode());
        assertTrue(extracted.err().startsWith("overlaybd-zfile: " + packed + ": "), extracted.err());
        assertFalse(Files.exists(folder.resolve("again")));
        Run verified = run("--verify", packed);
        assertEquals(1, verified.exitCode());
        assertTrue(
                verified.err().startsWith("overlaybd-zfile: " + packed + " is not a valid zfile blob: "),
                verified.err());
    }

    @Test
    void whatIsNoZFileIsRefused(Random random) throws IOException {
        Path plain = plain(random, 5000);
        run("--verify", plain).assertFailed(1, "overlaybd-zfile: format error! " + plain + " should be a zfile.");
        assertEquals(1, run("-x", plain, folder.resolve("again")).exitCode());
        assertEquals(1, run(folder, folder.resolve("x")).exitCode());
        assertEquals(1, run(folder.resolve("missing"), folder.resolve("x")).exitCode());
        assertEquals(1, run(plain, folder.resolve("no/such/dir")).exitCode());
    }

    @ParameterizedTest
    @CsvSource({"in-4097.lz4.bs4k.v1.ow.zfile,in-4097.bin", "in-1m-mixed.zstd.bs64k.v1.zfile,in-1m-mixed.bin"})
    void filesOfTheOriginalAreExtracted(String packed, String plain) throws IOException {
        ok("--verify", Vectors.path("zfile/" + packed));
        ok("-x", Vectors.path("zfile/" + packed), folder.resolve("again"));
        assertEquals(-1, Files.mismatch(Vectors.path("zfile/" + plain), folder.resolve("again")));
    }
}
