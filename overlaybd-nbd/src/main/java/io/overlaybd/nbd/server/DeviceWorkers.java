package io.overlaybd.nbd.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.metrics.PendingIo;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The threads on which reads and writes of one device may block. The queue before them has no bound of its own: what waits in it is
 * bounded for each connection, and so are connections. Thread-safe.
 */
final class DeviceWorkers {

    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor pool;
    private final DeviceMeter meter;

    /** So many threads for the device of a meter. */
    DeviceWorkers(int threads, DeviceMeter meter) {
        this.meter = meter;
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("obd-nbd-io", true));
        pool.allowCoreThreadTimeOut(true);
    }

    /** What is told of what is served without a worker. */
    DeviceMeter meter() {
        return meter;
    }

    /** Runs a task that answers for its own failures, and whose length is of no interest. */
    void execute(Runnable task) {
        execute(DeviceMeter.Kind.OTHER, 0, () -> {
            task.run();
            return true;
        });
    }

    /**
     * The same, measured.
     *
     * @param bytes what it moves if it succeeds
     * @param task answers whether it did
     */
    void execute(DeviceMeter.Kind kind, long bytes, BooleanSupplier task) {
        PendingIo io = meter.begin(kind, System.nanoTime());
        try {
            pool.execute(() -> run(io, bytes, task));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            io.abandon();
            throw e;
        }
    }

    private static void run(PendingIo io, long bytes, BooleanSupplier task) {
        boolean done = false;
        io.start();
        try {
            done = task.getAsBoolean();
        } finally {
            io.end(done ? bytes : 0, !done);
        }
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
