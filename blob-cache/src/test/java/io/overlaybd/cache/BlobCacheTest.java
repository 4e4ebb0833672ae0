package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobCacheTest extends CacheTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256:",
                "../../etc/passwd",
                "sha256:../../0000000000000000000000000000000000000000000000000000000000",
                "sha256:000000000000000000000000000000000000000000000000000000000000000",
                "sha256:00000000000000000000000000000000000000000000000000000000000000000",
                "sha256:000000000000000000000000000000000000000000000000000000000000000G",
                "sha256:000000000000000000000000000000000000000000000000000000000000000A",
                "sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
                "sha512:0000000000000000000000000000000000000000000000000000000000000000"
            })
    void whatIsNoDigestNeverBecomesAPath(String digest) throws IOException {
        try (BlobCache cache = openCache()) {
            TestOrigin origin = new TestOrigin(new byte[1]);
            IOException e = assertThrows(IOException.class, () -> cache.open(digest, origin, OptionalLong.empty()));
            assertTrue(e.getMessage().contains("sha256"), e.getMessage());
            assertEquals(0, origin.fetches().size());
        }
        try (Stream<Path> files = Files.list(directory())) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void secondCacheInADirectoryIsRefusedUntilTheFirstIsClosed() throws IOException {
        BlobCache first = openCache();
        IOException e = assertThrows(IOException.class, this::openCache);
        assertTrue(e.getMessage().contains(directory().toString()), e.getMessage());
        assertTrue(e.getMessage().contains("in use"), e.getMessage());
        assertThrows(IOException.class, this::openCache);
        first.close();
        openCache().close();
    }

    @Test
    void closingTheCacheEndsItsSources(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 10 * UNIT);
        BlobCache cache = openCache();
        CachedBlobSource source = open(cache, origin);
        assertReads(origin, source, 0, UNIT);
        cache.close();
        cache.close();
        assertThrows(IOException.class, () -> read(source, 0, 1));
        assertThrows(IOException.class, () -> read(source, 5 * UNIT, 1));
        assertThrows(IOException.class, () -> open(cache, origin));
        assertEquals(1, origin.fetches().size());
        source.close();
    }

    @Test
    void failedOpeningLeavesNothingAndIsNotRemembered(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 10 * UNIT);
        origin.before = (offset, length) -> {
            throw new IOException("no such blob");
        };
        try (BlobCache cache = openCache()) {
            assertThrows(IOException.class, () -> open(cache, origin));
            assertFalse(Files.exists(data(origin)));
            origin.before = (offset, length) -> {};
            try (CachedBlobSource source = open(cache, origin)) {
                assertReadsWhole(origin, source);
            }
        }
    }

    @Test
    void wrongSizeHintIsOnlyAHint(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 10 * UNIT);
        try (BlobCache cache = openCache();
                CachedBlobSource source = cache.open(origin.digest, origin, OptionalLong.of(7))) {
            assertEquals(10 * UNIT, source.sizeBytes());
            assertReadsWhole(origin, source);
        }
    }

    @Test
    void countersOfClosedBlobsStayInTheTotal(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 10 * UNIT);
        try (BlobCache cache = openCache()) {
            for (int i = 0; i < 2; i++) {
                try (CachedBlobSource source = open(cache, origin)) {
                    assertReads(origin, source, 0, 10 * UNIT);
                    assertReads(origin, source, 0, 10 * UNIT);
                }
            }
            CacheMetrics total = cache.metrics();
            assertEquals(10 * UNIT, total.bytesFromOrigin());
            assertEquals(2, total.fetches());
            assertEquals(2, total.hits());
            assertEquals(2, total.misses());
        }
    }

    @Test
    void readOnlyBufferIsRefusedBeforeAnybodyWaitsForIt(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, UNIT);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            ByteBuffer readOnly = ByteBuffer.allocateDirect(10).asReadOnlyBuffer();
            assertThrows(IllegalArgumentException.class, () -> source.readFully(0, readOnly));
        }
    }

    @Test
    void unusableUnitsAreRefused() {
        for (int unit : new int[] {0, -4096, 2048, 4097, 12288, 1 << 25, Integer.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> options().withRefillUnitBytes(unit));
        }
    }
}
