package io.overlaybd.nbd.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which reads and writes of one device may block. The queue before them has no bound of its own: what waits in it is
 * bounded for each connection, and so are connections. Thread-safe.
 */
final class DeviceWorkers {

    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor pool;

    DeviceWorkers(int threads) {
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("obd-nbd-io", true));
        pool.allowCoreThreadTimeOut(true);
    }

    /** Runs a task that answers for its own failures. */
    void execute(Runnable task) {
        pool.execute(task);
    }

    /**
     * Takes no more tasks and waits for those it has, but not for ever: a read of a dead registry may not come back, and
     * interrupting it would close file channels under other readers. The threads are daemons.
     */
    void close(Duration patience) {
        pool.shutdown();
        try {
            pool.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
