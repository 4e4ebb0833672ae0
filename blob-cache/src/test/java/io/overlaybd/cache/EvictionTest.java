package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EvictionTest extends CacheTest {

    private static final int MIB = 1 << 20;

    private final AtomicLong seconds = new AtomicLong(1_800_000_000);

    private CacheOptions options(long limitBytes) {
        return options().withLimitBytes(limitBytes).withClock(() -> Instant.ofEpochSecond(seconds.incrementAndGet()));
    }

    private static void readOnce(BlobCache cache, TestOrigin origin) throws IOException {
        try (CachedBlobSource source = open(cache, origin)) {
            assertReadsWhole(origin, source);
        }
    }

    @Test
    void usageIsWhatTheFilesTake(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, MIB);
        try (BlobCache cache = openCache()) {
            readOnce(cache, origin);
            long used = cache.usedBytes();
            assertTrue(used >= MIB && used < MIB + 5 * UNIT, "used " + used);
        }
        try (BlobCache cache = openCache()) {
            long used = cache.usedBytes();
            assertTrue(used >= MIB && used < MIB + 5 * UNIT, "used after reopening " + used);
        }
    }

    @Test
    void clearedCacheHoldsWhatIsOpenUnlessThatIsWantedToo(Random random) throws IOException {
        TestOrigin closed = randomBlob(random, MIB);
        TestOrigin open = randomBlob(random, MIB);
        try (BlobCache cache = openCache()) {
            readOnce(cache, closed);
            try (CachedBlobSource source = open(cache, open)) {
                assertReadsWhole(open, source);
                assertEquals(2, cache.blobs());
                assertTrue(cache.clear(false) >= MIB);
                assertEquals(1, cache.blobs());
                assertTrue(cache.usedBytes(source.digest()) >= MIB);
                assertTrue(cache.clear(true) >= MIB / 2);
                assertTrue(cache.usedBytes(source.digest()) < MIB / 2);
                assertReadsWhole(open, source);
            }
            assertEquals(0, cache.usedBytes("sha256:" + "0".repeat(64)));
        }
    }

    @Test
    void blobThatWasUsedLongestAgoGoesFirst(Random random) throws IOException {
        TestOrigin a = randomBlob(random, MIB);
        TestOrigin b = randomBlob(random, MIB);
        TestOrigin c = randomBlob(random, MIB);
        try (BlobCache cache = BlobCache.open(options(5 * MIB / 2))) {
            readOnce(cache, a);
            readOnce(cache, b);
            readOnce(cache, a);
            readOnce(cache, c);
            assertTrue(Files.exists(data(a)));
            assertFalse(Files.exists(data(b)) || Files.exists(record(b)));
            assertTrue(Files.exists(data(c)));
            assertTrue(cache.usedBytes() <= 5 * MIB / 2);
        }
    }

    @Test
    void blobBeingOpenedIsNotItsOwnVictim(Random random) throws IOException {
        TestOrigin old = randomBlob(random, MIB);
        TestOrigin fresh = randomBlob(random, MIB);
        try (BlobCache cache = BlobCache.open(options(MIB + 4 * UNIT))) {
            readOnce(cache, old);
            readOnce(cache, randomBlob(random, UNIT));
            try (CachedBlobSource first = open(cache, fresh);
                    CachedBlobSource second = open(cache, fresh)) {
                assertTrue(Files.exists(data(fresh)));
                assertFalse(Files.exists(data(old)));
                assertEquals(1, fresh.fetches().size());
                assertReadsWhole(fresh, first);
                assertReadsWhole(fresh, second);
            }
        }
    }

    @Test
    void orderOfUseOutlivesTheProcess(Random random) throws IOException {
        List<TestOrigin> blobs = new ArrayList<>();
        try (BlobCache cache = BlobCache.open(options(100 * MIB))) {
            for (int i = 0; i < 6; i++) {
                blobs.add(randomBlob(random, MIB));
                readOnce(cache, blobs.get(i));
            }
            readOnce(cache, blobs.get(1));
        }
        try (BlobCache cache = BlobCache.open(options(5 * MIB / 2))) {
            assertTrue(cache.usedBytes() <= 5 * MIB / 2);
            for (int i = 0; i < 6; i++) {
                assertEquals(i == 1 || i == 5, Files.exists(data(blobs.get(i))), "blob " + i);
            }
        }
    }

    @Test
    void openBlobLosesColdRangesAndStaysRight(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 4 * MIB);
        try (BlobCache cache = BlobCache.open(options(MIB));
                CachedBlobSource source = open(cache, origin)) {
            for (int round = 0; round < 3; round++) {
                assertReadsWhole(origin, source);
                assertTrue(cache.usedBytes() <= MIB, "used " + cache.usedBytes());
            }
            assertTrue(source.metrics().evictedUnits() > 0);
            assertEquals(0, source.metrics().badChecksums());
            assertEquals(0, source.metrics().uncachedUnits());
        }
    }

    @Test
    void hotRangeOfAnOpenBlobSurvivesAScan(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 24 * MIB);
        int hotBytes = MIB / 2;
        long hotBytesFetched = 0;
        try (BlobCache cache = BlobCache.open(options(6 * MIB));
                CachedBlobSource source = open(cache, origin)) {
            for (int at = MIB; at < 24 * MIB; at += 4 * UNIT) {
                assertReads(origin, source, at, 4 * UNIT);
                origin.reset();
                assertReads(origin, source, 0, hotBytes);
                hotBytesFetched += at <= 8 * MIB ? 0 : fetchedBelow(hotBytes, origin);
            }
        }
        assertTrue(hotBytesFetched < hotBytes, hotBytesFetched + " bytes of the hot range were fetched again");
    }

    /** What was fetched of the first bytes; a scan is read ahead of meanwhile, in the background, and does not count. */
    private static long fetchedBelow(long endBytes, TestOrigin origin) {
        return origin.fetches().stream()
                .filter(fetch -> fetch.offsetBytes() < endBytes)
                .mapToLong(TestOrigin.Fetch::lengthBytes)
                .sum();
    }

    @Test
    void whatIsBusyWhileRoomIsMadeCanGoLater(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 4 * MIB);
        try (BlobCache cache = BlobCache.open(options(3 * MIB / 4));
                CachedBlobSource source = open(cache, origin)) {
            // More than fits: its end finds no room, as its beginning is still busy.
            assertReads(origin, source, 0, MIB);
            for (int at = 2 * MIB; at < 4 * MIB; at += MIB / 8) {
                assertReads(origin, source, at, UNIT);
                assertTrue(source.tryReadFully(at, ByteBuffer.allocateDirect(UNIT)), "not kept: at " + at);
            }
        }
    }

    @Test
    void closedBlobsGoBeforeRangesOfOpenOnes(Random random) throws IOException {
        TestOrigin closed = randomBlob(random, MIB);
        TestOrigin open = randomBlob(random, MIB);
        TestOrigin next = randomBlob(random, MIB / 2);
        try (BlobCache cache = BlobCache.open(options(9 * MIB / 4));
                CachedBlobSource source = open(cache, open)) {
            assertReadsWhole(open, source);
            readOnce(cache, closed);
            readOnce(cache, next);
            assertFalse(Files.exists(data(closed)));
            assertEquals(0, source.metrics().evictedUnits());
        }
    }

    @Test
    void unreadRestOfAReopenedBlobCanBeGivenUp(Random random) throws IOException {
        TestOrigin old = randomBlob(random, 2 * MIB);
        TestOrigin fresh = randomBlob(random, MIB);
        try (BlobCache cache = BlobCache.open(options(4 * MIB))) {
            readOnce(cache, old);
        }
        try (BlobCache cache = BlobCache.open(options(9 * MIB / 4));
                CachedBlobSource oldSource = open(cache, old);
                CachedBlobSource freshSource = open(cache, fresh)) {
            assertReadsWhole(fresh, freshSource);
            assertTrue(cache.usedBytes() <= 9 * MIB / 4);
            assertEquals(0, freshSource.metrics().uncachedUnits());
            assertReadsWhole(old, oldSource);
        }
    }

    @Test
    void belowTheFloorBlobsGoAndNothingIsWritten(Random random) throws IOException {
        TestOrigin kept = randomBlob(random, MIB);
        TestOrigin passing = randomBlob(random, MIB);
        AtomicLong free = new AtomicLong(100 * MIB);
        try (BlobCache cache = BlobCache.open(options(100 * MIB).withFreeSpaceFloorBytes(10 * MIB), free::get)) {
            readOnce(cache, kept);
            free.set(5 * MIB);
            cache.trim();
            assertFalse(Files.exists(data(kept)));
            try (CachedBlobSource source = open(cache, passing)) {
                assertReadsWhole(passing, source);
                assertReadsWhole(passing, source);
                assertTrue(cache.usedBytes() <= 2 * UNIT, "used " + cache.usedBytes());
                free.set(100 * MIB);
                assertReadsWhole(passing, source);
                assertTrue(source.tryReadFully(0, ByteBuffer.allocateDirect(MIB)));
            }
        }
    }

    @Test
    void trimWithinTheLimitsChangesNothing(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, MIB);
        try (BlobCache cache = BlobCache.open(options(2 * MIB))) {
            readOnce(cache, origin);
            long used = cache.usedBytes();
            cache.trim();
            assertEquals(used, cache.usedBytes());
        }
    }
}
