package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A real disk that is full: a small tmpfs, where the test may mount one. */
class DiskFullTest extends CacheTest {

    private static final int SIZE = 500 * UNIT;

    @Override
    Path directory() {
        return folder.resolve("mount").resolve("cache");
    }

    @Test
    void readsGoOnAndSpaceIsUsedAgainWhenThereIsSome(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, SIZE);
        onSmallDisk(() -> {
            Path ballast = folder.resolve("mount").resolve("ballast");
            // Free space as the file system tells it is hidden, so that the writes themselves fail.
            try (BlobCache cache = BlobCache.open(options(), () -> Long.MAX_VALUE / 4);
                    CachedBlobSource source = open(cache, origin)) {
                fillDisk(ballast);
                assertReadsWhole(origin, source);
                assertReadsWhole(origin, source);
                assertTrue(source.metrics().uncachedUnits() > SIZE / UNIT);
                Files.delete(ballast);
                assertReads(origin, source, 0, 50 * UNIT);
                origin.reset();
                assertReads(origin, source, 0, 50 * UNIT);
                assertEquals(0, origin.fetches().size());
            }
        });
    }

    @Test
    void blobCanBeOpenedOnAFullDisk(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, SIZE);
        onSmallDisk(() -> {
            try (BlobCache cache = openCache()) {
                fillDisk(folder.resolve("mount").resolve("ballast"));
                try (CachedBlobSource source = open(cache, origin)) {
                    assertReadsWhole(origin, source);
                }
            }
        });
    }

    @Test
    void smallDiskIsNotOverrun(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, SIZE);
        onSmallDisk(() -> {
            FileStore disk = Files.getFileStore(folder.resolve("mount"));
            long floor = 256 << 10;
            try (BlobCache cache = BlobCache.open(options().withFreeSpaceFloorBytes(floor));
                    CachedBlobSource source = open(cache, origin)) {
                for (int round = 0; round < 3; round++) {
                    assertReadsWhole(origin, source);
                    assertTrue(disk.getUsableSpace() >= floor, "free " + disk.getUsableSpace());
                }
                assertEquals(0, source.metrics().badChecksums());
            }
        });
    }

    /** A test body. */
    @FunctionalInterface
    private interface Body {
        void run() throws IOException;
    }

    private void onSmallDisk(Body body) throws Exception {
        Path mount = Files.createDirectories(folder.resolve("mount"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString()),
                "SKIPPED: cannot mount a tmpfs here");
        try {
            body.run();
        } finally {
            assertTrue(run("umount", mount.toString()));
        }
    }

    private static boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }

    private static void fillDisk(Path ballast) {
        try (var out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[UNIT]);
            }
        } catch (IOException full) {
            assertTrue(Files.exists(ballast));
        }
    }
}
