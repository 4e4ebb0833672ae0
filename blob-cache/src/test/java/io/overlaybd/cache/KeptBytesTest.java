package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What lies in a cache can be asked for without its origin. */
class KeptBytesTest extends CacheTest {

    private static final int UNITS = 10;
    private static final int LENGTH = UNITS * UNIT - 100;

    private static int readKept(TestOrigin origin, CachedBlobSource source, int offsetBytes, int lengthBytes)
            throws IOException {
        ByteBuffer dst = ByteBuffer.allocate(lengthBytes);
        source.readKept(offsetBytes, dst);
        assertEquals(lengthBytes, dst.limit());
        assertEquals(
                ByteBuffer.wrap(Arrays.copyOfRange(origin.content, offsetBytes, offsetBytes + dst.position())),
                dst.duplicate().flip());
        return dst.position();
    }

    @Test
    void readingEndsBeforeTheFirstUnitThatIsNotHere(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, LENGTH);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            read(source, 0, 3 * UNIT);
            read(source, 7 * UNIT, 1);
            origin.reset();
            assertEquals(3 * UNIT, readKept(origin, source, 0, LENGTH));
            assertEquals(UNIT - 5, readKept(origin, source, 2 * UNIT + 5, 2 * UNIT));
            assertEquals(0, readKept(origin, source, 3 * UNIT, UNIT));
            assertEquals(10, readKept(origin, source, 7 * UNIT + 1, 10));
            assertEquals(7 * UNIT, source.nextKept(3 * UNIT, LENGTH));
            assertEquals(2 * UNIT + 1, source.nextKept(2 * UNIT + 1, LENGTH));
            assertEquals(6 * UNIT, source.nextKept(3 * UNIT, 6 * UNIT));
            assertEquals(LENGTH, source.nextKept(8 * UNIT, LENGTH));
            assertEquals(0, origin.fetches().size());
        }
    }

    @Test
    void unitsOfAnEarlierLifeAreVerifiedFirst(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, LENGTH);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReadsWhole(origin, source);
        }
        try (FileChannel file = FileChannel.open(data(origin), StandardOpenOption.WRITE)) {
            byte wrong = (byte) (origin.content[5 * UNIT + 3] ^ 1);
            file.write(ByteBuffer.wrap(new byte[] {wrong}), 5 * UNIT + 3);
        }
        origin.reset();
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertEquals(5 * UNIT, readKept(origin, source, 0, LENGTH));
            assertEquals(6 * UNIT, source.nextKept(5 * UNIT, LENGTH));
            assertEquals(LENGTH - 6 * UNIT, readKept(origin, source, 6 * UNIT, LENGTH - 6 * UNIT));
            assertEquals(0, origin.fetches().size());
            assertEquals(1, source.metrics().badChecksums());
            assertEquals(0, source.metrics().hits());
        }
    }

    @Test
    void unitThatAReaderIsWaitingForIsNotWaitedFor(Random random) throws Exception {
        TestOrigin origin = randomBlob(random, LENGTH);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            origin.before = (offset, length) -> {
                asked.countDown();
                await(answer);
            };
            Future<byte[]> read = reader.submit(() -> read(source, 4 * UNIT, UNIT));
            asked.await();
            assertEquals(0, readKept(origin, source, 4 * UNIT, UNIT));
            answer.countDown();
            read.get();
            assertEquals(UNIT, readKept(origin, source, 4 * UNIT, UNIT));
        } finally {
            reader.shutdown();
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void rangesBeyondTheEndAreRefused(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, LENGTH);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertThrows(EOFException.class, () -> source.readKept(LENGTH, ByteBuffer.allocate(1)));
            assertThrows(EOFException.class, () -> source.nextKept(0, LENGTH + 1L));
            assertThrows(EOFException.class, () -> source.nextKept(10, 9));
        }
    }
}
