package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnsTest {

    private static final int MIB = 1 << 20;

    private final Turns turns = new Turns(new Link(System::nanoTime), 4 * MIB);

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING;
    }

    private Thread taker(long bytes, Runnable then) {
        Thread thread = new Thread(() -> {
            try {
                turns.takeInBackground(bytes);
                then.run();
            } catch (InterruptedIOException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void backgroundHasNoMoreUnderWayThanTheWindow() throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(12);
        CountDownLatch all = new CountDownLatch(12);
        for (int i = 0; i < 12; i++) {
            threads.submit(() -> {
                all.countDown();
                all.await();
                turns.takeInBackground(MIB);
                most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                Thread.yield();
                underWay.decrementAndGet();
                turns.endInBackground(MIB);
                return null;
            });
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(50, java.util.concurrent.TimeUnit.SECONDS));
        assertTrue(most.get() <= 4, most::toString);
    }

    @Test
    void oneIsLetThroughHoweverLongItIs() throws Exception {
        turns.takeInBackground(64L * MIB);
        turns.endInBackground(64L * MIB);
        turns.readerBegins();
        turns.takeInBackground(64L * MIB);
    }

    @Test
    void besideAReaderTheBackgroundHasAQuarter() throws Exception {
        turns.readerBegins();
        turns.takeInBackground(MIB);
        AtomicInteger went = new AtomicInteger();
        Thread second = taker(MIB, went::incrementAndGet);
        while (!isWaiting(second)) {
            Thread.onSpinWait();
        }
        assertEquals(0, went.get());
        turns.readerEnds();
        second.join();
        assertEquals(1, went.get());
    }

    @Test
    void interruptionEndsTheWait() throws Exception {
        turns.takeInBackground(4L * MIB);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        CountDownLatch begun = new CountDownLatch(1);
        Future<?> waiting = thread.submit(() -> {
            begun.countDown();
            assertThrows(InterruptedIOException.class, () -> turns.takeInBackground(MIB));
            assertTrue(Thread.interrupted());
        });
        begun.await();
        thread.shutdownNow();
        waiting.get();
    }
}
