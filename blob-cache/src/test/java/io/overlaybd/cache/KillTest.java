package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A process that fills a cache dies by SIGKILL at any moment; the next one opens the directory and reads right bytes. */
class KillTest extends CacheTest {

    private static final int KILLS = Boolean.getBoolean("overlaybd.full") ? 50 : 10;
    private static final int SIZE = 200 * UNIT + 99;
    private static final long CONTENT_SEED = 42;

    @Test
    void killedProcessLeavesACacheThatReadsRight(Random random) throws Exception {
        TestOrigin origin = randomBlob(new Random(CONTENT_SEED), SIZE);
        long fromCache = 0;
        for (int round = 0; round < KILLS; round++) {
            fillUntilKilled(random.nextLong(), 1 + random.nextInt(400));
            try (BlobCache cache = openCache();
                    CachedBlobSource source = open(cache, origin)) {
                assertReadsWhole(origin, source);
                assertEquals(0, source.metrics().badChecksums(), "the record is written after the bytes");
                fromCache += source.metrics().bytesFromCache();
                source.evict(0, SIZE);
            }
        }
        assertTrue(fromCache > 0);
    }

    private void fillUntilKilled(long seed, int reads) throws Exception {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Filler.class.getName(),
                        directory().toString(),
                        Long.toString(seed)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (InputStream out = child.getInputStream()) {
            assertEquals(reads, out.readNBytes(reads).length, "the child ended by itself");
        } finally {
            child.destroyForcibly();
        }
        assertEquals(128 + 9, child.waitFor());
    }

    /** The child: reads and evicts at random for ever, a byte of output for each step. */
    static final class Filler {

        private Filler() {}

        public static void main(String[] args) throws IOException {
            TestOrigin origin = randomBlob(new Random(CONTENT_SEED), SIZE);
            Random random = new Random(Long.parseLong(args[1]));
            CacheOptions options = CacheOptions.defaults(Path.of(args[0]))
                    .withRefillUnitBytes(UNIT)
                    .withFreeSpaceFloorBytes(0)
                    .withLimitBytes(150 * UNIT);
            try (BlobCache cache = BlobCache.open(options);
                    CachedBlobSource source = open(cache, origin)) {
                while (true) {
                    int offset = random.nextInt(SIZE);
                    int length = random.nextInt(Math.min(SIZE - offset, 5 * UNIT)) + 1;
                    if (random.nextInt(5) == 0) {
                        source.evict(offset, length);
                    } else {
                        read(source, offset, length);
                    }
                    System.out.write('.');
                    System.out.flush();
                }
            }
        }
    }
}
