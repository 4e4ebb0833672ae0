package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One source's origin never answers; another source of the blob waits for what that one fetches. */
@Timeout(60)
class ClosedSourceTest extends CacheTest {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch mayAnswer = new CountDownLatch(1);

    private void answerLate(long offsetBytes, int lengthBytes) throws IOException {
        asked.countDown();
        try {
            mayAnswer.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static <T> Thread start(FutureTask<T> task) {
        Thread thread = new Thread(task);
        thread.start();
        return thread;
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void readThatWaitsForTheFetchOfAnotherSourceEndsWithItsOwn(Random random) throws Exception {
        TestOrigin slow = randomBlob(random, 10 * UNIT);
        TestOrigin other = new TestOrigin(slow.content);
        try (BlobCache cache = openCache();
                CachedBlobSource fetching = open(cache, slow);
                CachedBlobSource staying = open(cache, other)) {
            CachedBlobSource closing = open(cache, other);
            slow.before = this::answerLate;
            FutureTask<byte[]> fetch = new FutureTask<>(() -> read(fetching, 3 * UNIT, UNIT));
            start(fetch);
            asked.await();
            ByteBuffer dst = ByteBuffer.allocate(UNIT);
            FutureTask<Void> wait = new FutureTask<>(() -> {
                closing.readFully(3 * UNIT, dst);
                return null;
            });
            FutureTask<byte[]> stay = new FutureTask<>(() -> read(staying, 3 * UNIT, UNIT));
            awaitWaiting(start(wait));
            awaitWaiting(start(stay));
            closing.close();
            ExecutionException closed = assertThrows(ExecutionException.class, wait::get);
            assertInstanceOf(ClosedChannelException.class, closed.getCause());
            assertFalse(fetch.isDone());
            mayAnswer.countDown();
            byte[] expected = Arrays.copyOfRange(slow.content, 3 * UNIT, 4 * UNIT);
            assertArrayEquals(expected, fetch.get());
            assertArrayEquals(expected, stay.get());
            assertArrayEquals(new byte[UNIT], dst.array(), "the buffer is its owner's again");
            assertEquals(0, other.fetches().size());
        }
    }
}
