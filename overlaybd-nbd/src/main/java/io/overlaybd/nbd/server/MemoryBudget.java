package io.overlaybd.nbd.server;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for the data of requests that all connections of a server share. Each connection has a little of its own besides, see
 * {@link Allowance}: so however much is held by clients that ask for data and do not take it, the others go on, if slowly.
 *
 * <p>Who waits is served in the order of coming, so that somebody who needs much is not passed by others for ever. Guarded by
 * itself, for moments only.
 */
final class MemoryBudget {

    private final Deque<Allowance> waiting = new ArrayDeque<>();
    private long freeBytes;

    MemoryBudget(long bytes) {
        this.freeBytes = bytes;
    }

    /** Takes a part; if there is too little, or others wait, {@code asker} is woken when it is worth asking again. */
    boolean take(long bytes, Allowance asker) {
        Allowance next;
        synchronized (this) {
            Allowance first = waiting.peek();
            if (bytes > freeBytes || (first != null && first != asker)) {
                if (!waiting.contains(asker)) {
                    waiting.add(asker);
                }
                return false;
            }
            freeBytes -= bytes;
            waiting.remove(asker);
            next = waiting.peek();
        }
        wake(next);
        return true;
    }

    /** Gives a part back. */
    void give(long bytes) {
        Allowance next;
        synchronized (this) {
            freeBytes += bytes;
            next = waiting.peek();
        }
        wake(next);
    }

    /** No longer waits. */
    void leave(Allowance asker) {
        Allowance next;
        synchronized (this) {
            waiting.remove(asker);
            next = waiting.peek();
        }
        wake(next);
    }

    private static void wake(Allowance next) {
        if (next != null) {
            next.wake();
        }
    }

    /** What nobody has now. */
    synchronized long freeBytes() {
        return freeBytes;
    }
}
