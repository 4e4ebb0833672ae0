package io.overlaybd.tcmu.loop;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which commands of one device may block. The queue before them is bounded by the ring: a command in it
 * takes up an entry. Thread-safe.
 */
final class DeviceWorkers implements Executor {

    private static final long IDLE_SECONDS = 30;

    private static final Duration LONG = Duration.ofDays(1);

    private final String name;
    private final ThreadPoolExecutor pool;

    DeviceWorkers(String device, int threads) {
        name = "obd-" + device + "-io";
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory(name, true));
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable command) {
        pool.execute(command);
    }

    /** Has a task done when no command runs any more, however long that takes. To be called after {@link #close}. */
    void whenDone(Runnable task) {
        new DefaultThreadFactory(name + "-rest", true)
                .newThread(() -> {
                    while (!close(LONG)) {}
                    task.run();
                })
                .start();
    }

    /**
     * Takes no more commands, forgets those that wait, and waits for those that run, but not for ever.
     *
     * @return whether none runs any more
     */
    boolean close(Duration patience) {
        pool.shutdown();
        pool.getQueue().clear();
        try {
            return pool.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
