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

    private static void awaitWaiting(Thread thread) {
        while (!isWaiting(thread)) {
            Thread.onSpinWait();
        }
    }

    private static Thread taker(Turns turns, long bytes, Runnable then) {
        Thread thread = new Thread(() -> {
            try {
                turns.takeInBackground(bytes);
                then.run();
            } catch (InterruptedIOException ended) {
                assertTrue(Thread.interrupted());
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
                Turns.Turn turn = turns.takeInBackground(MIB);
                most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                Thread.yield();
                underWay.decrementAndGet();
                turn.close();
                return null;
            });
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(50, java.util.concurrent.TimeUnit.SECONDS));
        assertTrue(most.get() <= 4, most::toString);
    }

    @Test
    void oneIsLetThroughHoweverLongItIs() throws Exception {
        turns.takeInBackground(64L * MIB).close();
        turns.readerBegins();
        turns.takeInBackground(64L * MIB);
    }

    @Test
    void besideAReaderTheBackgroundHasAQuarter() throws Exception {
        turns.readerBegins();
        turns.takeInBackground(MIB);
        AtomicInteger went = new AtomicInteger();
        Thread second = taker(turns, MIB, went::incrementAndGet);
        awaitWaiting(second);
        assertEquals(0, went.get());
        turns.readerEnds();
        second.join();
        assertEquals(1, went.get());
    }

    @Test
    void whatHasArrivedMakesRoomOnTheLinkBeforeTheFetchEnds() throws Exception {
        Turns wide = new Turns(new Link(System::nanoTime), 16 * MIB);
        Turns.Turn first = wide.takeInBackground(Link.FIRST_WINDOW_BYTES);
        AtomicInteger went = new AtomicInteger();
        Thread second = taker(wide, MIB, went::incrementAndGet);
        awaitWaiting(second);
        first.arrived(MIB - 1);
        awaitWaiting(second);
        assertEquals(0, went.get());
        first.arrived(64 << 10);
        second.join();
        assertEquals(1, went.get());
    }

    @Test
    void longRequestBeginsBeforeTheLinkIsIdle() throws Exception {
        Turns wide = new Turns(new Link(System::nanoTime), 16 * MIB);
        wide.takeInBackground(Link.FIRST_WINDOW_BYTES / 2);
        wide.takeInBackground(Link.FIRST_WINDOW_BYTES);
        Thread third = taker(wide, 1, () -> {});
        awaitWaiting(third);
        third.interrupt();
    }

    @Test
    void whatHasArrivedStillTakesMemory() throws Exception {
        Turns.Turn first = turns.takeInBackground(4L * MIB);
        Thread second = taker(turns, MIB, () -> {});
        first.arrived(4 * MIB);
        awaitWaiting(second);
        first.close();
        second.join();
    }

    @Test
    void moreThanWasAskedForDoesNotCount() throws Exception {
        Turns.Turn first = turns.takeInBackground(MIB);
        for (int i = 0; i < 100; i++) {
            first.arrived(MIB);
        }
        first.close();
        Turns.Turn all = turns.takeInBackground(4L * MIB);
        Thread second = taker(turns, MIB, () -> {});
        awaitWaiting(second);
        all.close();
        second.join();
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
