package io.overlaybd.service.http;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens, and has each request answered on a thread. A client has a few seconds to send its request, and again to take the
 * answer, however long that took to be made; when there are too many at a time, the one that came first is cut off for the newest: whoever only holds connections open keeps
 * nobody out. Thread-safe.
 */
public final class HttpListener implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    private static final int MAX_CONNECTIONS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long IDLE_SECONDS = 30;
    private static final long AFTER_FAILURE_MILLIS = 100;

    /** Decides whether a client is served at all. */
    @FunctionalInterface
    public interface Door {
        /** Whether the client may come in. */
        boolean admits(SocketChannel client) throws IOException;
    }

    /** Answers requests, several at a time. */
    @FunctionalInterface
    public interface Handler {
        /** The answer; what is thrown becomes one of status 500. */
        HttpAnswer answer(HttpRequest request);
    }

    private final ServerSocketChannel socket;
    private final Door door;
    private final Handler handler;
    private final Duration patience;
    private final ExecutorService threads;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<SocketChannel, Future<?>> open =
            new LinkedHashMap<>(); // oldest first, with its end; guarded by itself

    private HttpListener(String name, ServerSocketChannel socket, Door door, Handler handler, Duration patience) {
        this.socket = socket;
        this.door = door;
        this.handler = handler;
        this.patience = patience;
        ThreadFactory factory = work -> {
            Thread thread = new Thread(work, "obd-" + name);
            thread.setDaemon(true);
            return thread;
        };
        // One more accepts; one that was cut off may take a moment to end.
        threads = new ThreadPoolExecutor(
                0, 2 * MAX_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
        timer = new ScheduledThreadPoolExecutor(1, factory, new ThreadPoolExecutor.DiscardPolicy()); // once closed
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Serves a bound socket, which is closed with this. */
    public static HttpListener start(String name, ServerSocketChannel bound, Door door, Handler handler) {
        return start(name, bound, door, handler, PATIENCE);
    }

    static HttpListener start(String name, ServerSocketChannel bound, Door door, Handler handler, Duration patience) {
        HttpListener listener = new HttpListener(name, bound, door, handler, patience);
        listener.threads.execute(listener::accept);
        return listener;
    }

    private void accept() {
        while (socket.isOpen()) {
            try {
                begin(socket.accept());
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                LOG.warn("cannot accept a connection: {}", e.toString());
                pause();
            }
        }
    }

    /** Out of descriptors, as a rule: others have to give some back first. */
    private static void pause() {
        try {
            Thread.sleep(AFTER_FAILURE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(SocketChannel client) {
        try {
            enter(client, endLater(client));
            threads.execute(() -> serve(client));
        } catch (RejectedExecutionException busyOrClosed) {
            end(client);
        }
    }

    private Future<?> endLater(SocketChannel client) {
        return timer.schedule(() -> end(client), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void enter(SocketChannel client, Future<?> end) {
        Optional<SocketChannel> oldest = Optional.empty();
        synchronized (open) {
            if (open.size() >= MAX_CONNECTIONS) {
                oldest = open.keySet().stream().findFirst();
            }
            open.put(client, end);
        }
        oldest.ifPresent(this::end);
    }

    private void serve(SocketChannel client) {
        try {
            if (door.admits(client)) {
                new HttpExchange(client, request -> answer(client, request)).run();
            }
        } catch (IOException e) {
            LOG.debug("a client went away: {}", e.toString());
        } finally {
            end(client);
        }
    }

    /** The time that the handler takes is not the client's. */
    private HttpAnswer answer(SocketChannel client, HttpRequest request) {
        synchronized (open) {
            open.getOrDefault(client, CompletableFuture.completedFuture(null)).cancel(false);
        }
        try {
            return handler.answer(request);
        } finally {
            synchronized (open) {
                open.computeIfPresent(client, (same, past) -> endLater(client));
            }
        }
    }

    private void end(SocketChannel client) {
        synchronized (open) {
            Future<?> end = open.remove(client);
            if (end != null) {
                end.cancel(false);
            }
        }
        try {
            client.close();
        } catch (IOException e) {
            LOG.debug("cannot close a connection: {}", e.toString());
        }
    }

    /** Where it listens. */
    public SocketAddress address() throws IOException {
        return socket.getLocalAddress();
    }

    /** Stops listening and cuts off who is connected; a handler that is at work goes on to its end, unheard. Idempotent. */
    @Override
    public void close() throws IOException {
        socket.close();
        timer.shutdownNow();
        threads.shutdown();
        List<SocketChannel> clients;
        synchronized (open) {
            clients = List.copyOf(open.keySet());
        }
        clients.forEach(this::end);
    }
}
