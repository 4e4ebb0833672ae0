package io.overlaybd.core;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one sync serve all who wait for one: who comes while another one's sync is under way waits, and then needs one of his
 * own only if none began after he came. Thread-safe.
 */
final class SharedFlush {

    /** What may fail. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    private final AtomicLong changes = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. The first flush always has something to do: what an earlier process wrote and never synced. */
    private long durableChanges = -1;

    /** Says that something waits for a flush; comes after it is where the sync will find it. */
    void changed() {
        changes.incrementAndGet();
    }

    /** Returns once a sync that began after this call has come back. */
    void flush(Action sync) throws IOException {
        long wanted = changes.get();
        exclusively(() -> {
            if (durableChanges < wanted) {
                long upTo = changes.get();
                sync.run();
                durableChanges = upTo;
            }
        });
    }

    /** Runs while nobody flushes. */
    void exclusively(Action action) throws IOException {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
