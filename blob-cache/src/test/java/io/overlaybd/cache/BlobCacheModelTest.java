package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many threads do anything at once; the model is the content itself. */
class BlobCacheModelTest extends CacheTest {

    private static final int THREADS = 8;
    private static final int BLOBS = 4;
    private static final int SIZE = 60 * UNIT + 777;
    private static final int STEPS = Integer.getInteger("overlaybd.modelSteps", 1500);

    private final AtomicInteger failedReads = new AtomicInteger();

    @Test
    void bytesAreAlwaysRightWhateverHappensMeanwhile(Random random) throws Exception {
        List<TestOrigin> origins = new ArrayList<>();
        for (int i = 0; i < BLOBS; i++) {
            origins.add(flaky(randomBlob(random, SIZE)));
        }
        long limit = 40 * UNIT;
        try (BlobCache cache = BlobCache.open(options().withLimitBytes(limit))) {
            run(() -> {
                TestOrigin origin = origins.get(ThreadLocalRandom.current().nextInt(BLOBS));
                try (CachedBlobSource source = open(cache, origin)) {
                    for (int i = 0; i < 50; i++) {
                        step(origin, source);
                    }
                } catch (Flake e) {
                    failedReads.incrementAndGet();
                }
                assertTrue(cache.usedBytes() <= limit, () -> "used " + cache.usedBytes());
            });
            assertEquals(0, cache.metrics().badChecksums());
            assertTrue(cache.metrics().evictedUnits() > 0);
            assertTrue(failedReads.get() > 0);
        }
    }

    /** Long warm reads race drops of their units: the shortest way to bytes that were just punched out. */
    @Test
    void readThatRacesADropNeverSeesZeros(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, 4 << 20);
        AtomicInteger drops = new AtomicInteger();
        try (BlobCache cache = BlobCache.open(options().withRefillUnitBytes(64 << 10));
                CachedBlobSource source = open(cache, origin)) {
            Callable<Void> reader = () -> {
                while (drops.get() < 300) {
                    assertReads(origin, source, 0, 4 << 20);
                }
                return null;
            };
            Callable<Void> dropper = () -> {
                while (drops.getAndIncrement() < 300) {
                    source.evict(random.nextInt(4 << 20), 1);
                    assertReads(origin, source, 0, 1 << 20);
                }
                return null;
            };
            together(List.of(reader, reader, dropper));
            assertTrue(source.metrics().hits() > 0);
            assertEquals(0, source.metrics().badChecksums());
        }
    }

    private static final class Flake extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static TestOrigin flaky(TestOrigin origin) {
        origin.before = (offset, length) -> {
            if (ThreadLocalRandom.current().nextInt(200) == 0) {
                throw new Flake();
            }
        };
        return origin;
    }

    /** Something to do again and again. */
    @FunctionalInterface
    private interface Turn {
        void take() throws Exception;
    }

    private static void run(Turn turn) throws Exception {
        Callable<Void> worker = () -> {
            for (int i = 0; i < STEPS / 50; i++) {
                turn.take();
            }
            return null;
        };
        together(Collections.nCopies(THREADS, worker));
    }

    private static void step(TestOrigin origin, CachedBlobSource source) throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int offset = random.nextInt(SIZE);
        int length = random.nextInt(Math.min(SIZE - offset, 1 << random.nextInt(17)) + 1);
        switch (random.nextInt(12)) {
            case 0 -> source.evict(offset, length);
            case 1 -> {
                Thread.currentThread().interrupt();
                assertReads(origin, source, offset, length);
                assertTrue(Thread.interrupted());
            }
            case 2, 3 -> tryRead(origin, source, offset, length);
            default -> assertReads(origin, source, offset, length);
        }
    }

    private static void tryRead(TestOrigin origin, CachedBlobSource source, int offset, int length) throws IOException {
        ByteBuffer dst = ByteBuffer.allocate(length);
        if (source.tryReadFully(offset, dst)) {
            assertTrue(Arrays.equals(dst.array(), Arrays.copyOfRange(origin.content, offset, offset + length)));
        } else {
            assertEquals(0, dst.position());
        }
    }
}
