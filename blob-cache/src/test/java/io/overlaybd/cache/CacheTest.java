package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.overlaybd.io.BlobSource;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A folder for caches, and what the tests of a cache do again and again. */
@ExtendWith(Seeded.class)
abstract class CacheTest {

    static final int UNIT = 4096;

    @TempDir
    Path folder;

    @AfterEach
    void nothingStaysOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    Path directory() {
        return folder.resolve("cache");
    }

    Path data(TestOrigin origin) {
        return directory().resolve(origin.digest);
    }

    Path record(TestOrigin origin) {
        return folder.resolve("cache.presence").resolve(origin.digest);
    }

    CacheOptions options() {
        return CacheOptions.defaults(directory())
                .withRefillUnitBytes(UNIT)
                .withFreeSpaceFloorBytes(0)
                .withFetchMemoryBytes(16 << 20);
    }

    BlobCache openCache() throws IOException {
        return BlobCache.open(options());
    }

    static CachedBlobSource open(BlobCache cache, TestOrigin origin) throws IOException {
        return cache.open(origin.digest, origin, OptionalLong.empty());
    }

    static TestOrigin randomBlob(Random random, int lengthBytes) {
        byte[] content = new byte[lengthBytes];
        random.nextBytes(content);
        return new TestOrigin(content);
    }

    static byte[] read(BlobSource source, long offsetBytes, int lengthBytes) throws IOException {
        ByteBuffer dst = ByteBuffer.allocateDirect(lengthBytes);
        source.readFully(offsetBytes, dst);
        byte[] bytes = new byte[lengthBytes];
        dst.flip().get(bytes);
        return bytes;
    }

    static void assertReads(TestOrigin origin, BlobSource source, int offsetBytes, int lengthBytes) throws IOException {
        assertArrayEquals(
                Arrays.copyOfRange(origin.content, offsetBytes, offsetBytes + lengthBytes),
                read(source, offsetBytes, lengthBytes),
                () -> lengthBytes + " bytes at " + offsetBytes);
    }

    static void assertReadsWhole(TestOrigin origin, BlobSource source) throws IOException {
        for (int at = 0; at < origin.content.length; at += 100_000) {
            assertReads(origin, source, at, Math.min(100_000, origin.content.length - at));
        }
    }

    /** Runs all at once, each in a thread of its own; throws what the first that failed threw. */
    static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Future<T>> futures = new ArrayList<>();
            tasks.forEach(task -> futures.add(pool.submit(task)));
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            pool.shutdown();
        }
    }
}
