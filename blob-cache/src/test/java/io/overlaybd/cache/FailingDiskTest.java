package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.cache.FailingDisk.Call;
import io.overlaybd.cache.FailingDisk.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Input/output errors of the cache's disk: reads go on from the origin, and the cache comes back with the disk. */
@Timeout(60)
class FailingDiskTest extends CacheTest {

    private static final int SIZE = 40 * UNIT + 777;

    private final FailingDisk disk = new FailingDisk();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    private BlobCache openFailingCache() throws IOException {
        return openFailingCache(options());
    }

    private BlobCache openFailingCache(CacheOptions options) throws IOException {
        return BlobCache.open(options.withClock(now::get), () -> Long.MAX_VALUE / 4, disk);
    }

    private void heal() {
        disk.fault = FailingDisk.NONE;
        now.updateAndGet(before -> before.plus(Duration.ofSeconds(11)));
    }

    /** One sort of call to one of the two files. */
    private static List<Fault> allFaults() {
        return EnumSet.allOf(Call.class).stream()
                .flatMap(call -> List.<Fault>of(
                        (found, isRecord) -> found == call && isRecord, (found, isRecord) -> found == call && !isRecord)
                        .stream())
                .toList();
    }

    private void assertCacheIsBack(TestOrigin origin, CachedBlobSource source) throws IOException {
        assertReadsWhole(origin, source);
        origin.reset();
        assertReadsWhole(origin, source);
        assertEquals(List.of(), origin.fetches());
    }

    private void emptyTheCache() throws IOException {
        for (Path directory : List.of(directory(), folder.resolve("cache.presence"))) {
            if (Files.exists(directory)) {
                try (var files = Files.list(directory)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    @Test
    void spaceThatCannotBeGivenBackIsGivenBackLater(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, 2 << 20);
        try (BlobCache cache = openFailingCache(options().withLimitBytes(1 << 20));
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, 0, 1 << 20);
            disk.fault = (found, isRecord) -> found == Call.PUNCH;
            assertReads(origin, source, 1 << 20, 1 << 20);
            heal();
            assertReads(origin, source, 3 << 19, UNIT);
            assertTrue(source.tryReadFully(3 << 19, ByteBuffer.allocateDirect(UNIT)));
        }
    }

    @Test
    void blobOpenedOnAFailingDiskIsReadAndKeptAsSoonAsTheDiskIsWell(Random random) throws IOException {
        for (Fault fault : allFaults()) {
            TestOrigin origin = randomBlob(random, SIZE);
            disk.fault = fault;
            try (BlobCache cache = openFailingCache();
                    CachedBlobSource source = open(cache, origin)) {
                assertReadsWhole(origin, source);
                assertReadsWhole(origin, source);
                heal();
                assertCacheIsBack(origin, source);
            }
            emptyTheCache();
        }
    }

    @Test
    void diskThatFailsUnderAnOpenBlobCostsRequestsOnly(Random random) throws IOException {
        for (Fault fault : allFaults()) {
            TestOrigin origin = randomBlob(random, SIZE);
            try (BlobCache cache = openFailingCache();
                    CachedBlobSource source = open(cache, origin)) {
                assertReads(origin, source, 0, 20 * UNIT);
                disk.fault = fault;
                assertReadsWhole(origin, source);
                source.evict(5 * UNIT, 3 * UNIT);
                assertReadsWhole(origin, source);
                heal();
                assertCacheIsBack(origin, source);
            }
            emptyTheCache();
        }
    }

    @Test
    void diskThatFailsWhenABlobIsOpenedAgainCostsRequestsOnly(Random random) throws IOException {
        for (Fault fault : allFaults()) {
            TestOrigin origin = randomBlob(random, SIZE);
            try (BlobCache cache = openFailingCache();
                    CachedBlobSource source = open(cache, origin)) {
                assertReadsWhole(origin, source);
            }
            try (BlobCache cache = openFailingCache()) {
                disk.fault = fault;
                try (CachedBlobSource source = open(cache, origin)) {
                    assertReadsWhole(origin, source);
                    heal();
                    assertCacheIsBack(origin, source);
                }
            }
            emptyTheCache();
        }
    }

    @Test
    void deadDiskIsNotAskedForFilesWithEveryRead(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        disk.fault = (call, isRecord) -> true;
        try (BlobCache cache = openFailingCache();
                CachedBlobSource source = open(cache, origin)) {
            int failures = disk.failures.get();
            assertReadsWhole(origin, source);
            assertEquals(failures, disk.failures.get());
            now.updateAndGet(before -> before.plus(Duration.ofSeconds(11)));
            assertReadsWhole(origin, source);
            assertEquals(failures + 1, disk.failures.get());
        }
    }

    @Test
    void bytesAreRightWhateverFailsAndWhenever(Random random) throws Exception {
        List<TestOrigin> origins = List.of(randomBlob(random, SIZE), randomBlob(random, SIZE));
        for (int life = 0; life < 10; life++) {
            disk.fault = (call, isRecord) -> ThreadLocalRandom.current().nextInt(12) == 0;
            try (BlobCache cache = openFailingCache()) {
                Callable<Void> worker = () -> {
                    for (int i = 0; i < 10; i++) {
                        now.updateAndGet(before -> before.plus(Duration.ofSeconds(3)));
                        useAtRandom(
                                cache, origins.get(ThreadLocalRandom.current().nextInt(2)));
                    }
                    return null;
                };
                together(Collections.nCopies(4, worker));
                heal();
                for (TestOrigin origin : origins) {
                    try (CachedBlobSource source = open(cache, origin)) {
                        assertCacheIsBack(origin, source);
                    }
                }
            }
        }
        assertTrue(disk.failures.get() > 100, disk.failures::toString);
    }

    private static void useAtRandom(BlobCache cache, TestOrigin origin) throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try (CachedBlobSource source = open(cache, origin)) {
            for (int i = 0; i < 20; i++) {
                int offset = random.nextInt(SIZE);
                int length = 1 + random.nextInt(SIZE - offset);
                switch (random.nextInt(6)) {
                    case 0 -> source.evict(offset, length);
                    case 1 -> source.prefetch(offset, length);
                    case 2 -> cache.trim();
                    case 3 -> tryRead(origin, source, offset, length);
                    default -> assertReads(origin, source, offset, length);
                }
            }
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
