package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.cache.TestOrigin.Fetch;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is fetched ahead of a reader, and for whom nothing is. */
class ReadAheadTest extends CacheTest {

    private static final int KIB_256 = 256 << 10;

    @Test
    void readerThatGoesForwardGetsTwiceAsMuchEachTimeUpToOneMebibyte() {
        ReadAhead ahead = new ReadAhead(KIB_256, 1);
        assertEquals(0, ahead.unitsAfter(10, 10));
        assertEquals(1, ahead.unitsAfter(11, 11));
        assertEquals(3, ahead.unitsAfter(13, 13));
        assertEquals(3, ahead.unitsAfter(17, 17));
        assertEquals(1, ahead.unitsAfter(21, 23));
        assertEquals(0, ahead.unitsAfter(25, 40));
    }

    @Test
    void readersHereAndThereGetNothing() {
        ReadAhead ahead = new ReadAhead(KIB_256, 1);
        for (int unit : new int[] {100, 50, 54, 45, 104, 0, 200, 100, 50}) {
            assertEquals(0, ahead.unitsAfter(unit, unit), "unit " + unit);
        }
    }

    @Test
    void streamsDoNotDisturbEachOther() {
        ReadAhead ahead = new ReadAhead(KIB_256, 1);
        int[] expected = {0, 1, 3, 3, 3};
        int[] next = {0, 1000, 2000, 3000};
        for (int step = 0; step < expected.length; step++) {
            for (int stream = 0; stream < next.length; stream++) {
                assertEquals(expected[step], ahead.unitsAfter(next[stream], next[stream]));
                next[stream] += 1 + expected[step];
            }
        }
    }

    @Test
    void readsThatArriveInAnotherOrderAreStillOneStream() {
        ReadAhead ahead = new ReadAhead(KIB_256, 1);
        assertEquals(0, ahead.unitsAfter(1, 1));
        assertEquals(1, ahead.unitsAfter(0, 0));
        assertEquals(2, ahead.unitsAfter(2, 2));
        assertEquals(3, ahead.unitsAfter(6, 6));
        assertEquals(3, ahead.unitsAfter(5, 5) + ahead.unitsAfter(10, 10));
    }

    @Test
    void unitsOfOneMebibyteAreNotReadAhead() {
        ReadAhead ahead = new ReadAhead(1 << 20, 1);
        for (int unit = 0; unit < 10; unit++) {
            assertEquals(0, ahead.unitsAfter(unit, unit));
        }
    }

    @Test
    void sequentialReadIsFewRequestsAndEachByteOnce(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 21 * KIB_256 / 2);
        try (BlobCache cache = BlobCache.open(options().withRefillUnitBytes(KIB_256));
                CachedBlobSource source = open(cache, origin)) {
            for (int at = 0; at < origin.content.length; at += 65_536) {
                assertReads(origin, source, at, 65_536);
            }
            assertEquals(
                    List.of(
                            new Fetch(0, KIB_256),
                            new Fetch(KIB_256, KIB_256),
                            new Fetch(2 * KIB_256, 2 * KIB_256),
                            new Fetch(4 * KIB_256, 4 * KIB_256),
                            new Fetch(8 * KIB_256, 5 * KIB_256 / 2)),
                    origin.fetches());
        }
    }

    @Test
    void whatIsHereIsNotFetchedAhead(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 10 * KIB_256);
        try (BlobCache cache = BlobCache.open(options().withRefillUnitBytes(KIB_256));
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, 7 * KIB_256, 1);
            assertReads(origin, source, 3 * KIB_256, 1);
            assertReads(origin, source, 4 * KIB_256, 1);
            origin.reset();
            assertReads(origin, source, 6 * KIB_256, 1);
            assertEquals(List.of(new Fetch(6 * KIB_256, KIB_256)), origin.fetches());
        }
    }

    @Test
    void nothingIsFetchedAheadThatCannotBeKept(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 10 * KIB_256);
        try (BlobCache cache =
                        BlobCache.open(options().withRefillUnitBytes(KIB_256).withLimitBytes(0));
                CachedBlobSource source = open(cache, origin)) {
            origin.reset();
            for (int unit = 2; unit < 8; unit++) {
                assertReads(origin, source, unit * KIB_256, 1);
            }
            assertEquals(6, origin.fetches().size());
            assertEquals(new Fetch(7 * KIB_256, 8 << 10), origin.fetches().get(5));
        }
    }

    @Test
    void readOfWhatIsOnDiskAsksForNothingAhead(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 10 * KIB_256);
        try (BlobCache cache = BlobCache.open(options().withRefillUnitBytes(KIB_256));
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, 2 * KIB_256, 2 * KIB_256);
        }
        origin.before = (offset, length) -> {
            throw new IOException("down");
        };
        try (BlobCache cache = BlobCache.open(options().withRefillUnitBytes(KIB_256));
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, 2 * KIB_256, KIB_256);
            assertReads(origin, source, 3 * KIB_256, KIB_256);
        }
    }

    /** While another reader has nearly all memory for fetches, what is ahead is a request of its own. */
    @Test
    void failureAheadIsNotTheReaders(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, 40 * KIB_256);
        try (BlobCache cache =
                        BlobCache.open(options().withRefillUnitBytes(KIB_256).withFetchMemoryBytes(0));
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, 2 * KIB_256, 1);
            CountDownLatch underWay = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            origin.before = (offset, length) -> {
                if (offset == 20 * KIB_256) {
                    underWay.countDown();
                    await(go);
                } else if (offset == 4 * KIB_256) {
                    throw new IOException("down");
                }
            };
            together(List.of(
                    () -> {
                        assertReads(origin, source, 20 * KIB_256, 17 * KIB_256);
                        return null;
                    },
                    () -> {
                        await(underWay);
                        assertReads(origin, source, 3 * KIB_256, KIB_256);
                        go.countDown();
                        return null;
                    }));
            assertTrue(origin.fetches().contains(new Fetch(4 * KIB_256, KIB_256)));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
