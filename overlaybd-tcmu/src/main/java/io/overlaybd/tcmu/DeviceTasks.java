package io.overlaybd.tcmu;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be done for devices, on threads of its own: for one device in order, for different ones at the same time, however
 * long one takes. Thread-safe.
 */
final class DeviceTasks {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceTasks.class);

    private final ExecutorService threads = Executors.newCachedThreadPool(new DefaultThreadFactory("obd-device", true));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("obd-timer", true));
    private final Map<Integer, CompletableFuture<Void>> lastTasks = new ConcurrentHashMap<>(); // by minor

    /**
     * Runs a task after those that were given for the same device before.
     *
     * @return ends exceptionally if the task failed or could not even be begun
     */
    CompletionStage<Void> inOrder(int minor, Runnable task) {
        try {
            return lastTasks.compute(
                    minor,
                    (key, last) -> last == null || last.isDone()
                            ? CompletableFuture.runAsync(task, threads)
                            : last.handle((ok, failure) -> null).thenRunAsync(task, threads));
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            return CompletableFuture.failedFuture(noThread);
        }
    }

    /** Runs a task at once, beside those in order. */
    void beside(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException ending) {
            LOG.debug("not begun, the daemon is ending");
        }
    }

    /** Runs a task at once, beside others, or here if no more are begun: somebody waits for it. */
    void besideOrHere(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException ending) {
            task.run();
        }
    }

    /** Gives a task to {@link #beside} after a while. */
    void later(Duration delay, Runnable task) {
        try {
            timer.schedule(() -> beside(task), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ending) {
            LOG.debug("not begun, the daemon is ending");
        }
    }

    /** Begins no more tasks and waits for those that run, but not for ever. */
    void end(Duration patience) {
        timer.shutdownNow();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("some images are still being opened");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
