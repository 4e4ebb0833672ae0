package io.overlaybd.cache;

import java.io.Closeable;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for what nobody waits for: at most {@value #THREADS}, which end when there is nothing to do. What finds {@value #QUEUED}
 * waiting is not done. Thread-safe.
 */
final class Background implements Closeable {

    private static final int THREADS = 8;
    private static final int QUEUED = 64;
    private static final int IDLE_SECONDS = 10;

    private final AtomicInteger number = new AtomicInteger();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED),
            work -> {
                Thread thread = new Thread(work, "obd-ahead-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    Background() {
        threads.allowCoreThreadTimeOut(true);
    }

    /** Never fails: who asks for it may hold what others wait for. */
    void run(Runnable work) {
        try {
            threads.execute(work);
        } catch (OutOfMemoryError noThread) {
            return; // it comes when somebody asks for it
        }
    }

    /** What has not begun is not done; who waits for his turn is interrupted. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
