package io.overlaybd.testing.registry;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * An HTTP/1.1 server between a client and a registry. It passes requests on, records them, and does to those that a test
 * picks what the test says; it can add latency to each round trip and bound the rate of all connections together. Without an
 * upstream it only knows the faults.
 *
 * <pre>
 * try (FaultProxy proxy = FaultProxy.to(registry.address())) {
 *     proxy.next(FaultProxy.Request::isRanged, Fault.status(503), Fault.cut(1000));   // the next two, one each
 *     proxy.always(request -> request.path().endsWith("/x"), Fault.status(404));
 *     ... proxy.url() ... proxy.requests() ...
 * }
 * </pre>
 *
 * <p>Thread-safe. Every wait ends with {@link #close()}, which leaves no thread behind.
 */
public final class FaultProxy implements Closeable {

    private static final int BACKLOG = 64;
    private static final long JOIN_MILLIS = 5000;

    /**
     * A request that arrived.
     *
     * @param method GET, HEAD...
     * @param path with the query
     * @param range the Range header, null if there was none
     * @param authorization the Authorization header, null if there was none
     * @param host the Host header
     * @param connection number of the connection, from 1 on
     */
    public record Request(String method, String path, String range, String authorization, String host, int connection) {

        /** Whether it asks for a part. */
        public boolean isRanged() {
            return range != null;
        }

        /** Whether it shows credentials. */
        public boolean isAuthorized() {
            return authorization != null;
        }
    }

    private record Rule(Predicate<Request> when, Fault fault, boolean once) {}

    private final InetSocketAddress upstream;
    private final ServerSocket server;
    private final boolean tls;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final Throttle throttle = new Throttle();
    private volatile long latencyMillis;
    private volatile boolean closed;

    private FaultProxy(InetSocketAddress upstream, String bindHost, int port, SSLContext tls, boolean askForClient) {
        this.upstream = upstream;
        this.tls = tls != null;
        try {
            InetAddress address = InetAddress.getByName(bindHost);
            this.server = tls == null
                    ? new ServerSocket(port, BACKLOG, address)
                    : tls.getServerSocketFactory().createServerSocket(port, BACKLOG, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (server instanceof SSLServerSocket secure && askForClient) {
            secure.setNeedClientAuth(true);
        }
        start(this::accept);
    }

    /** Before an upstream, at 127.0.0.1. */
    public static FaultProxy to(InetSocketAddress upstream) {
        return new FaultProxy(upstream, "127.0.0.1", 0, null, false);
    }

    /** Before an upstream, at any address of this machine, such as 127.0.0.2. */
    public static FaultProxy to(InetSocketAddress upstream, String bindHost) {
        return new FaultProxy(upstream, bindHost, 0, null, false);
    }

    /** Behind TLS, at 127.0.0.1; {@code upstream} may be null, it is spoken to without TLS. */
    public static FaultProxy tls(InetSocketAddress upstream, SSLContext tls, boolean askForClient) {
        return new FaultProxy(upstream, "127.0.0.1", 0, tls, askForClient);
    }

    /** Behind TLS, at a port that is known beforehand, such as that of a predecessor. */
    public static FaultProxy tls(InetSocketAddress upstream, SSLContext tls, int port) {
        return new FaultProxy(upstream, "127.0.0.1", port, tls, false);
    }

    /** Without an upstream: what no rule is for is answered with 404. */
    public static FaultProxy standalone(String bindHost) {
        return new FaultProxy(null, bindHost, 0, null, false);
    }

    /** Does each of these faults to one of the next requests that match, in this order, before all rules made later. */
    public FaultProxy next(Predicate<Request> when, Fault... faults) {
        synchronized (rules) {
            for (Fault fault : faults) {
                rules.add(new Rule(when, fault, true));
            }
        }
        return this;
    }

    /** Does this to every request that matches and that no earlier rule is for. */
    public FaultProxy always(Predicate<Request> when, Fault fault) {
        synchronized (rules) {
            rules.add(new Rule(when, fault, false));
        }
        return this;
    }

    /** Forgets the rules that are left, and the requests. */
    public void reset() {
        synchronized (rules) {
            rules.clear();
        }
        requests.clear();
    }

    /** Delays each new connection and each request. */
    public FaultProxy latency(Duration roundTrip) {
        latencyMillis = roundTrip.toMillis();
        return this;
    }

    /** Bounds what all connections together send to clients; zero for no bound. */
    public FaultProxy rate(long bitsPerSecond) {
        throttle.set(bitsPerSecond);
        return this;
    }

    /** The requests so far, in the order of their arrival. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** How many of them match. */
    public long count(Predicate<Request> which) {
        return requests.stream().filter(which).count();
    }

    /** How many connections were accepted. */
    public int connections() {
        return connections.get();
    }

    /** {@code host:port}. */
    public String host() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    /** {@code http://host:port} or {@code https://host:port}. */
    public String url() {
        return (tls ? "https://" : "http://") + host();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = adopt(server.accept());
                int number = connections.incrementAndGet();
                start(() -> serve(client, number));
            } catch (IOException closedOrUseless) {
                // The loop's condition tells which.
            }
        }
    }

    private void serve(Socket client, int number) {
        try (client) {
            pause();
            new ProxyConnection(this, client, number).run();
        } catch (IOException | InterruptedException ended) {
            // The client went, or the proxy is closed: both are how a connection ends.
        } finally {
            sockets.remove(client);
        }
    }

    private void start(Runnable work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        thread.setName("fault-proxy-" + thread.getId());
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** Takes a socket that {@link #close()} must close. */
    Socket adopt(Socket socket) throws IOException {
        sockets.add(socket);
        if (closed) {
            socket.close();
        }
        return socket;
    }

    void release(Socket socket) throws IOException {
        sockets.remove(socket);
        socket.close();
    }

    void pause() throws InterruptedException {
        if (latencyMillis > 0) {
            Thread.sleep(latencyMillis);
        }
    }

    boolean isTls() {
        return tls;
    }

    Throttle throttle() {
        return throttle;
    }

    InetSocketAddress upstream() {
        return upstream;
    }

    /** Records a request, and says what is to be done to it; null to pass it on. */
    Fault arrive(Request request) {
        synchronized (rules) {
            requests.add(request);
            for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
                Rule rule = each.next();
                if (rule.when().test(request)) {
                    if (rule.once()) {
                        each.remove();
                    }
                    return rule.fault();
                }
            }
        }
        return upstream == null ? Fault.status(404) : null;
    }

    @Override
    public void close() {
        closed = true;
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join(JOIN_MILLIS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
