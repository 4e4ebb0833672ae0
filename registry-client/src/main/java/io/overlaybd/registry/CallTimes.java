package io.overlaybd.registry;

import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Request;

/**
 * When one call got its connection. Hung on its request, where the HTTP library's listener finds it; written and read by the thread
 * that makes the call.
 */
final class CallTimes extends EventListener {

    private static final EventListener NOBODY = new EventListener() {};

    private final long startNanos = System.nanoTime();
    private volatile long connectedNanos; // 0 before there is a connection

    /** The listener of a call. */
    static EventListener of(Call call) {
        CallTimes times = call.request().tag(CallTimes.class);
        return times == null ? NOBODY : times;
    }

    Request on(Request request) {
        return request.newBuilder().tag(CallTimes.class, this).build();
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        connectedNanos = System.nanoTime();
    }

    /** How long it took to get a connection; all the time so far if there is none. */
    long connectNanos() {
        return (connectedNanos == 0 ? System.nanoTime() : connectedNanos) - startNanos;
    }

    long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }
}
