package io.overlaybd.core;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Housekeeping of a layer beside its users, one piece at a time. Work that fails has done no harm and is done later; what
 * would harm, the work itself tells {@link LayerState}. Thread-safe.
 */
final class Background {

    /** A piece of work, which ends soon after it is stopped. */
    @FunctionalInterface
    interface Work {
        void run(BooleanSupplier stopped) throws IOException;
    }

    private final String name;
    private final ReentrantLock starting = new ReentrantLock();
    private volatile boolean stopping;
    private volatile IOException lastFailure;
    private Thread thread;

    /** {@code name} is for the thread. */
    Background(String name) {
        this.name = name;
    }

    /** Starts work, unless there is some; never waits. */
    void start(Work work) {
        if (!starting.tryLock()) {
            return;
        }
        try {
            if (thread == null || !thread.isAlive()) {
                thread = new Thread(() -> run(work), name);
                thread.setDaemon(true);
                thread.start();
            }
        } finally {
            starting.unlock();
        }
    }

    private void run(Work work) {
        try {
            work.run(() -> stopping);
        } catch (IOException e) {
            lastFailure = e;
        }
    }

    /** What the last work that failed ran into, or null. */
    IOException lastFailure() {
        return lastFailure;
    }

    /** Returns when no work is under way. Whoever calls must not hold what the work waits for. */
    void stop() {
        stopping = true;
        try {
            await();
        } finally {
            stopping = false;
        }
    }

    /** Returns when the work that was started has ended by itself. */
    void await() {
        starting.lock();
        try {
            boolean interrupted = false;
            while (thread != null) {
                try {
                    thread.join();
                    thread = null;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        } finally {
            starting.unlock();
        }
    }
}
