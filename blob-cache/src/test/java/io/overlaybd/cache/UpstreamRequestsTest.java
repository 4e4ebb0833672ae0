package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.cache.TestOrigin.Fetch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which requests an origin sees: the price of every read, exactly. */
class UpstreamRequestsTest extends CacheTest {

    private static final int SIZE = 40 * UNIT + 100;

    @Test
    void openingANewBlobFetchesItsFirstUnit(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertEquals(SIZE, source.sizeBytes());
            assertReads(origin, source, 10, 1000);
            assertEquals(List.of(new Fetch(0, UNIT)), origin.fetches());
        }
    }

    @Test
    void coldReadInsideOneUnitIsOneRequestAndAWarmOneNone(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            origin.reset();
            assertReads(origin, source, 5 * UNIT + 7, 100);
            assertEquals(List.of(new Fetch(5 * UNIT, UNIT)), origin.fetches());
            assertReads(origin, source, 5 * UNIT, UNIT);
            assertEquals(1, origin.fetches().size());
            assertEquals(1, source.metrics().hits());
            assertEquals(1, source.metrics().misses());
        }
    }

    @Test
    void lastUnitIsFetchedToTheEndOfTheBlobOnly(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            origin.reset();
            assertReads(origin, source, SIZE - 1, 1);
            assertEquals(List.of(new Fetch(40 * UNIT, 100)), origin.fetches());
        }
    }

    @Test
    void presentUnitsInTheMiddleAreNotFetchedAgain(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, 4 * UNIT, UNIT);
            origin.reset();
            assertReads(origin, source, 2 * UNIT + 1, 5 * UNIT);
            assertEquals(List.of(new Fetch(2 * UNIT, 2 * UNIT), new Fetch(5 * UNIT, 3 * UNIT)), origin.fetches());
        }
    }

    @Test
    void fourMebibytesAreOneRequestAndMoreAreSplit(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 9 << 20);
        try (BlobCache cache = BlobCache.open(options().withRefillUnitBytes(256 << 10));
                CachedBlobSource source = open(cache, origin)) {
            origin.reset();
            assertReads(origin, source, 1 << 20, 4 << 20);
            assertEquals(List.of(new Fetch(1 << 20, 4 << 20)), origin.fetches());
            origin.reset();
            assertReads(origin, source, 5 << 20, 4 << 20);
            assertReads(origin, source, 0, 9 << 20);
            assertEquals(List.of(new Fetch(5 << 20, 4 << 20), new Fetch(256 << 10, 3 << 18)), origin.fetches());
            source.evict(0, 9 << 20);
            origin.reset();
            assertReads(origin, source, (2 << 20) + 100, 4 << 20);
            assertEquals(List.of(new Fetch(2 << 20, 17 << 18)), origin.fetches());
            source.evict(0, 9 << 20);
            origin.reset();
            assertReads(origin, source, 0, 9 << 20);
            assertEquals(List.of(new Fetch(0, 9 << 19), new Fetch(9 << 19, 9 << 19)), origin.fetches());
        }
    }

    @Test
    void reopenedBlobAsksNothing(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        for (int round = 0; round < 3; round++) {
            try (BlobCache cache = openCache();
                    CachedBlobSource source = open(cache, origin)) {
                assertEquals(SIZE, source.sizeBytes());
                assertReadsWhole(origin, source);
                assertEquals(round == 0, !origin.fetches().isEmpty());
            }
            origin.reset();
        }
    }

    @Test
    void eightReadersOfOneUnitShareOneRequest(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            origin.reset();
            CyclicBarrier start = new CyclicBarrier(8);
            together(Collections.nCopies(8, () -> {
                start.await();
                assertReads(origin, source, 7 * UNIT + 5, 50);
                return null;
            }));
            assertEquals(List.of(new Fetch(7 * UNIT, UNIT)), origin.fetches());
        }
    }

    @Test
    void eightReadersHereAndThereInOneRefillUnitShareOneRequest(Random random) throws Exception {
        int refillBytes = 64 << 10;
        int strideBytes = 4 * refillBytes; // farther than read-ahead takes for going on
        TestOrigin origin = randomBlob(random, 50 * strideBytes);
        try (BlobCache cache = BlobCache.open(options().withRefillUnitBytes(refillBytes));
                CachedBlobSource source = open(cache, origin)) {
            for (int start = strideBytes; start < origin.content.length; start += strideBytes) {
                origin.reset();
                readEighthsTogether(origin, source, start, refillBytes);
                assertEquals(List.of(new Fetch(start, refillBytes)), origin.fetches());
            }
        }
    }

    private static void readEighthsTogether(TestOrigin origin, CachedBlobSource source, int start, int lengthBytes)
            throws Exception {
        CyclicBarrier everyoneIsThere = new CyclicBarrier(8);
        List<Callable<Void>> readers = new ArrayList<>();
        for (int eighth = 0; eighth < 8; eighth++) {
            int at = start + eighth * (lengthBytes / 8) + 5;
            readers.add(() -> {
                everyoneIsThere.await();
                assertReads(origin, source, at, 50);
                return null;
            });
        }
        together(readers);
    }

    @Test
    void readersThatJoinAreServedEvenIfNothingIsKept(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = BlobCache.open(options().withLimitBytes(0));
                CachedBlobSource source = open(cache, origin)) {
            origin.reset();
            CountDownLatch underWay = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            origin.before = (offset, length) -> {
                underWay.countDown();
                awaitUnchecked(go);
            };
            List<Callable<Void>> readers = new ArrayList<>(Collections.nCopies(6, () -> {
                awaitUnchecked(underWay);
                assertReads(origin, source, 3 * UNIT, UNIT);
                return null;
            }));
            readers.add(() -> {
                assertReads(origin, source, 2 * UNIT, 3 * UNIT);
                return null;
            });
            readers.add(() -> {
                awaitUnchecked(underWay);
                while (waitingReaders() < 6) {
                    Thread.onSpinWait();
                }
                go.countDown();
                return null;
            });
            together(readers);
            assertEquals(List.of(new Fetch(2 * UNIT, 3 * UNIT)), origin.fetches());
            assertTrue(source.metrics().uncachedUnits() >= 3);
        }
    }

    private static long waitingReaders() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> List.of(stack).stream()
                        .anyMatch(frame -> frame.getClassName().equals(Flight.class.getName())
                                && frame.getMethodName().equals("await")))
                .count();
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void overlappingReadersFetchNoUnitTwice(Random random) throws Exception {
        for (int round = 0; round < 20; round++) {
            TestOrigin origin = randomBlob(random, SIZE);
            try (BlobCache cache = openCache();
                    CachedBlobSource source = open(cache, origin)) {
                List<Callable<Void>> readers = new ArrayList<>();
                CyclicBarrier start = new CyclicBarrier(6);
                for (int i = 0; i < 6; i++) {
                    int offset = random.nextInt(SIZE);
                    int length = random.nextInt(SIZE - offset);
                    readers.add(() -> {
                        start.await();
                        assertReads(origin, source, offset, length);
                        return null;
                    });
                }
                together(readers);
                assertNoUnitTwice(origin);
            }
        }
    }

    private static void assertNoUnitTwice(TestOrigin origin) {
        BitSet fetched = new BitSet();
        for (Fetch fetch : origin.fetches()) {
            int first = (int) (fetch.offsetBytes() / UNIT);
            int end = first + (fetch.lengthBytes() + UNIT - 1) / UNIT;
            assertTrue(fetched.get(first, end).isEmpty(), () -> "fetched twice: " + fetch);
            fetched.set(first, end);
        }
    }

    @Test
    void openersOfOneBlobShareItsUnits(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache()) {
            List<CachedBlobSource> sources = together(Collections.nCopies(8, () -> open(cache, origin)));
            for (CachedBlobSource source : sources) {
                assertReads(origin, source, 0, 2 * UNIT);
            }
            assertEquals(List.of(new Fetch(0, UNIT), new Fetch(UNIT, UNIT)), origin.fetches());
            sources.get(0).close();
            sources.get(0).close();
            assertReads(origin, sources.get(1), 0, 2 * UNIT);
            assertThrows(IOException.class, () -> read(sources.get(0), 0, 1));
            sources.forEach(CachedBlobSource::close);
            assertThrows(IOException.class, () -> read(sources.get(1), 0, 1));
        }
    }

    @Test
    void failureReachesAllWhoWaitAndIsNotKept(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            IOException failure = new IOException("no route to the registry");
            AtomicInteger failures = new AtomicInteger();
            origin.before = (offset, length) -> {
                throw failure;
            };
            together(Collections.nCopies(4, () -> {
                assertSame(failure, assertThrows(IOException.class, () -> read(source, UNIT, 2 * UNIT)));
                return failures.incrementAndGet();
            }));
            assertEquals(4, failures.get());
            origin.before = (offset, length) -> {};
            assertReads(origin, source, UNIT, 2 * UNIT);
        }
    }

    @Test
    void failureOfAnotherOriginIsNotOurs(Random random) throws Exception {
        TestOrigin good = randomBlob(random, SIZE);
        TestOrigin bad = new TestOrigin(good.content);
        try (BlobCache cache = openCache();
                CachedBlobSource fromGood = open(cache, good);
                CachedBlobSource fromBad = open(cache, bad)) {
            CountDownLatch underWay = new CountDownLatch(1);
            bad.before = (offset, length) -> {
                underWay.countDown();
                while (waitingReaders() < 1) {
                    Thread.onSpinWait();
                }
                throw new IOException("unauthorized");
            };
            together(List.<Callable<Void>>of(
                    () -> {
                        assertThrows(IOException.class, () -> read(fromBad, UNIT, UNIT));
                        return null;
                    },
                    () -> {
                        awaitUnchecked(underWay);
                        assertReads(good, fromGood, UNIT, UNIT);
                        return null;
                    }));
        }
    }

    @Test
    void uncheckedFailureOfTheOriginLeavesNobodyWaiting(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            origin.before = (offset, length) -> {
                throw new UnsupportedOperationException("bug");
            };
            assertThrows(UnsupportedOperationException.class, () -> read(source, UNIT, 1));
            origin.before = (offset, length) -> {};
            assertReads(origin, source, UNIT, 1);
        }
    }

    @Test
    void evictedUnitIsFetchedAgainAndOnlyThat(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReadsWhole(origin, source);
            origin.reset();
            assertTrue(source.evict(3 * UNIT + 5, 10));
            assertEquals(1, source.metrics().evictedUnits());
            assertFalse(source.tryReadFully(3 * UNIT, ByteBuffer.allocateDirect(1)));
            assertTrue(source.tryReadFully(4 * UNIT, ByteBuffer.allocateDirect(1)));
            assertReadsWhole(origin, source);
            assertEquals(List.of(new Fetch(3 * UNIT, UNIT)), origin.fetches());
            assertFalse(source.evict(5, 0));
        }
    }

    @Test
    void tryReadNeverAsksTheOrigin(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, UNIT, UNIT);
            origin.reset();
            assertTrue(source.tryReadFully(UNIT, ByteBuffer.allocateDirect(UNIT)));
            assertFalse(source.tryReadFully(UNIT, ByteBuffer.allocateDirect(UNIT + 1)));
            assertEquals(List.of(), origin.fetches());
        }
    }

    @Test
    void shortAnswerIsAFailureAndNothingOfItIsKept(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = cache.open(
                        origin.digest,
                        new io.overlaybd.io.BlobOrigin() {
                            @Override
                            public String name() {
                                return "short";
                            }

                            @Override
                            public long fetch(long offsetBytes, ByteBuffer dst) throws IOException {
                                if (offsetBytes > 0) {
                                    dst.limit(dst.limit() - 1);
                                }
                                return origin.fetch(offsetBytes, dst);
                            }
                        },
                        OptionalLong.empty());
                CachedBlobSource good = open(cache, origin)) {
            IOException e = assertThrows(IOException.class, () -> read(source, UNIT, 10));
            assertTrue(e.getMessage().contains("short"), e.getMessage());
            assertReads(origin, good, UNIT, UNIT);
        }
    }
}
