package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.cache.TestOrigin.Fetch;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Both ends of a blob, asked for at once. */
class FirstFetchTest extends CacheTest {

    private static final int SIZE = 40 * UNIT + 100;
    private static final int TAIL = 3 * UNIT;

    /** The tail begins with the unit that the last so many bytes begin in. */
    private static final Fetch WHOLE_TAIL = new Fetch(37 * UNIT, 3 * UNIT + 100);

    private static CachedBlobSource open(BlobCache cache, TestOrigin origin, long statedBytes) throws IOException {
        return cache.open(origin.digest, origin, new BlobHint(OptionalLong.of(statedBytes), UNIT, TAIL));
    }

    /** No order is promised. */
    private static void assertFetches(Collection<Fetch> expected, TestOrigin origin) {
        assertEquals(Set.copyOf(expected), Set.copyOf(origin.fetches()));
        assertEquals(expected.size(), origin.fetches().size());
    }

    @Test
    void headAndTailAreUnderWayAtTheSameTime(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        CyclicBarrier bothAreThere = new CyclicBarrier(2);
        origin.before = (offset, length) -> {
            try {
                bothAreThere.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IOException("only one came", e);
            }
        };
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin, SIZE)) {
            origin.before = (offset, length) -> {};
            assertReads(origin, source, 0, UNIT);
            assertReads(origin, source, SIZE - TAIL, TAIL);
            assertFetches(List.of(new Fetch(0, UNIT), WHOLE_TAIL), origin);
            assertEquals(UNIT + WHOLE_TAIL.lengthBytes(), source.metrics().bytesFromOrigin());
        }
    }

    @Test
    void tailIsThereInTheNextLifeToo(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache()) {
            open(cache, origin, SIZE).close();
        }
        origin.reset();
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin, SIZE)) {
            assertReads(origin, source, SIZE - TAIL, TAIL);
            assertFetches(List.of(), origin);
        }
    }

    @Test
    void wrongLengthIsFoundAndNothingOfItBelieved(Random random) throws IOException {
        for (long stated : List.of(SIZE - 1L, SIZE + 1L, 20L * UNIT, 400L * UNIT, 1L << 40, Long.MAX_VALUE)) {
            TestOrigin origin = randomBlob(random, SIZE);
            try (BlobCache cache = openCache();
                    CachedBlobSource source = open(cache, origin, stated)) {
                assertEquals(SIZE, source.sizeBytes());
                assertReadsWhole(origin, source);
            }
        }
    }

    @Test
    void tailIsLeftOutOfABlobThatHasNone(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, UNIT - 1);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin, UNIT - 1)) {
            assertReads(origin, source, 0, UNIT - 1);
            assertFetches(List.of(new Fetch(0, UNIT)), origin);
        }
    }

    @Test
    void knownLengthAloneAsksForNoTail(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = cache.open(origin.digest, origin, OptionalLong.of(SIZE))) {
            assertReads(origin, source, 0, UNIT);
            assertFetches(List.of(new Fetch(0, UNIT)), origin);
        }
    }

    @Test
    void tailThatFailsIsFetchedWhenItIsRead(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        origin.before = (offset, length) -> {
            if (offset > 0) {
                throw new IOException("reset");
            }
        };
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin, SIZE)) {
            origin.before = (offset, length) -> {};
            assertReads(origin, source, SIZE - TAIL, TAIL);
            assertFetches(List.of(new Fetch(0, UNIT), WHOLE_TAIL, WHOLE_TAIL), origin);
        }
    }

    @Test
    void headThatFailsFailsTheOpening(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        origin.before = (offset, length) -> {
            if (offset == 0) {
                throw new IOException("down");
            }
        };
        try (BlobCache cache = openCache()) {
            IOException failure = assertThrows(IOException.class, () -> open(cache, origin, SIZE));
            assertEquals("down", failure.getMessage());
            assertTrue(Files.notExists(data(origin)));
            origin.before = (offset, length) -> {};
            try (CachedBlobSource source = open(cache, origin, SIZE)) {
                assertReadsWhole(origin, source);
            }
        }
    }

    @Test
    void littleMemoryCostsTheTailOnly(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 1200 * UNIT);
        BlobHint hint = new BlobHint(OptionalLong.of(origin.content.length), UNIT, 1100L * UNIT);
        try (BlobCache cache = BlobCache.open(options().withFetchMemoryBytes(0));
                CachedBlobSource source = cache.open(origin.digest, origin, hint)) {
            int requests = origin.fetches().size();
            assertReads(origin, source, 0, UNIT);
            assertReads(origin, source, 1199 * UNIT, UNIT);
            assertEquals(requests, origin.fetches().size(), "a shorter tail came");
            assertReadsWhole(origin, source);
        }
    }

    /** Of 800 KiB. */
    private static CachedBlobSource openWithLongTail(BlobCache cache, TestOrigin origin) throws IOException {
        return cache.open(origin.digest, origin, new BlobHint(OptionalLong.of(1000 * UNIT), UNIT, 200 * UNIT));
    }

    @Test
    void longTailIsAskedForInFourRequests(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 1000 * UNIT);
        try (BlobCache cache = openCache();
                CachedBlobSource source = openWithLongTail(cache, origin)) {
            assertReads(origin, source, 800 * UNIT, 200 * UNIT);
            Fetch head = new Fetch(0, UNIT);
            int quarter = 50 * UNIT;
            assertFetches(
                    List.of(
                            head,
                            new Fetch(800 * UNIT, quarter),
                            new Fetch(850 * UNIT, quarter),
                            new Fetch(900 * UNIT, quarter),
                            new Fetch(950 * UNIT, quarter)),
                    origin);
        }
    }

    @Test
    void oneRequestOfATailThatFailsIsMadeAgain(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 1000 * UNIT);
        origin.before = (offset, length) -> {
            if (offset == 850 * UNIT) {
                throw new IOException("reset");
            }
        };
        try (BlobCache cache = openCache();
                CachedBlobSource source = openWithLongTail(cache, origin)) {
            origin.before = (offset, length) -> {};
            assertReads(origin, source, 800 * UNIT, 200 * UNIT);
            assertEquals(6, origin.fetches().size());
            assertEquals(new Fetch(850 * UNIT, 50 * UNIT), origin.fetches().get(5));
        }
    }
}
