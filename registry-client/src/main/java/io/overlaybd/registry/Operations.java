package io.overlaybd.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import okhttp3.Call;

/**
 * Operations that end together: calls that wait for an answer or for its body, and threads that wait for their next attempt or
 * for what another thread fetches. Thread-safe: guarded by the monitor.
 */
final class Operations {

    /** Operations that nobody ends. */
    static final Operations ENDLESS = new Operations();

    private final Set<Call> calls = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Thread> sleepers = new HashSet<>();
    private boolean ended;

    /** Registers a call, from before it is sent until its answer is closed. */
    synchronized void begin(Call call) throws ClosedClientException {
        checkOpen();
        if (this != ENDLESS) {
            calls.add(call);
        }
    }

    synchronized void done(Call call) {
        calls.remove(call);
    }

    /** Waits, unless that is ended. */
    void sleep(TimeSource time, Duration duration) throws IOException, InterruptedException {
        fallAsleep();
        try {
            time.sleep(duration);
        } finally {
            awake();
        }
    }

    /** Waits for what another thread is to bring, unless that is ended. */
    <T> T await(Future<T> result) throws IOException, InterruptedException, ExecutionException {
        fallAsleep();
        try {
            return result.get();
        } finally {
            awake();
        }
    }

    private synchronized void fallAsleep() throws ClosedClientException {
        checkOpen();
        sleepers.add(Thread.currentThread());
    }

    /** Who was woken from here shall not find himself interrupted later on; nobody is interrupted after this. */
    private synchronized void awake() {
        sleepers.remove(Thread.currentThread());
        if (ended) {
            Thread.interrupted();
        }
    }

    synchronized boolean areEnded() {
        return ended;
    }

    /** Throws if they are ended. */
    synchronized void checkOpen() throws ClosedClientException {
        if (ended) {
            throw new ClosedClientException("the blob is closed");
        }
    }

    /** Ends them all, and all to come. Idempotent. */
    synchronized void end() {
        ended = true;
        calls.forEach(Call::cancel);
        sleepers.forEach(Thread::interrupt);
    }
}
