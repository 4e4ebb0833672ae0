package io.overlaybd.tcmu.supervision;

import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager that this process is alive, which it is while every loop that answers the kernel does what it is
 * given. A loop that hangs keeps the message back, so that the process is started anew; disks outlive that. The thread that asks
 * proves nothing by itself. Thread-safe.
 */
public final class Watchdog implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    /** One message may get lost or be late. */
    private static final int ROUNDS_PER_TIMEOUT = 4;

    private final Supervisor manager;
    private final List<? extends Executor> loops;
    private final Supplier<String> status;
    private final ScheduledExecutorService timer;
    private final AtomicInteger silent = new AtomicInteger();

    private Watchdog(Supervisor manager, List<? extends Executor> loops, Supplier<String> status) {
        this.manager = manager;
        this.loops = loops;
        this.status = status;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "obd-watchdog");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Asks from now on, if the manager wants to know.
     *
     * @param loops what has to answer
     * @param status what the process does, in words
     */
    public static Watchdog start(Supervisor manager, List<? extends Executor> loops, Supplier<String> status) {
        Watchdog watchdog = new Watchdog(manager, loops, status);
        manager.watchdog().ifPresent(watchdog::schedule);
        return watchdog;
    }

    private void schedule(Duration timeout) {
        long everyNanos = timeout.dividedBy(ROUNDS_PER_TIMEOUT).toNanos();
        timer.scheduleAtFixedRate(this::round, 0, Math.max(1, everyNanos), TimeUnit.NANOSECONDS);
    }

    /** Looks whether all have answered what they were asked in the last round, and asks again. */
    private void round() {
        int withoutAnswer = silent.get();
        if (withoutAnswer > 0) {
            LOG.error("{} of {} loops do not answer", withoutAnswer, loops.size());
            return;
        }
        manager.alive(status.get());
        silent.set(loops.size());
        loops.forEach(this::ask);
    }

    /** A loop that has ended does not answer any more. */
    private void ask(Executor loop) {
        try {
            loop.execute(silent::decrementAndGet);
        } catch (RejectedExecutionException ended) {
            LOG.debug("a loop has ended");
        }
    }

    /** Asks no more. Idempotent. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
