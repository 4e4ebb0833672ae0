package io.overlaybd.registry;

import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HostnameVerifier;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * The HTTP library as this module uses it: one request, one answer. It follows no redirects and adds no credentials of its
 * own, so that both are decided here; it reuses connections and tries the addresses of a host in turn. Thread-safe.
 *
 * <p>HTTP/1.1 only: parallel ranged GETs over one HTTP/2 connection share one congestion window, and one lost packet or
 * one reset stops them all.
 */
final class Transport implements Closeable {

    private static final int IDLE_CONNECTIONS = 16;
    private static final int MAX_REDIRECTS = 5;
    private static final Duration RELAY_CONNECT = Duration.ofSeconds(1);
    private static final Duration RELAY_READ = Duration.ofSeconds(5);
    private static final Duration SHORTEST_CALL = Duration.ofMillis(1);

    private final OkHttpClient http;
    private final OkHttpClient relayHttp;
    private final RegistryOptions options;
    private final TrafficCounters counters;
    private volatile boolean closed;

    Transport(RegistryOptions options, TrafficCounters counters) {
        this.options = options;
        this.counters = counters;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .eventListenerFactory(CallTimes::of)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 60, TimeUnit.SECONDS))
                .connectTimeout(options.connectTimeout())
                .readTimeout(options.readTimeout())
                .writeTimeout(options.readTimeout())
                .proxySelector(options.proxies())
                .proxyAuthenticator(options.proxies()::authenticate)
                .sslSocketFactory(options.tls().socketFactory(), options.tls().trustManager());
        HostnameVerifier verifier = options.tls().hostnameVerifier();
        this.http = (verifier == null ? builder : builder.hostnameVerifier(verifier)).build();
        // With the same connections. A relay is near, and there is somebody else to ask.
        this.relayHttp = http.newBuilder()
                .connectTimeout(shorter(options.connectTimeout(), RELAY_CONNECT))
                .readTimeout(shorter(options.readTimeout(), RELAY_READ))
                .build();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /**
     * Sends a request from {@code start} on, and follows redirects.
     *
     * @param authorization sent to {@code endpoint.url()}'s scheme, host and port and to no other; null for none
     */
    Answer send(Endpoint<?> endpoint, HttpUrl start, String authorization, Duration left) throws IOException {
        HttpUrl url = start;
        for (int hops = 0; ; hops++) {
            Answer answer = exchange(endpoint, url, authorization, left);
            if (!isRedirect(answer)) {
                return answer;
            }
            try (answer) {
                url = follow(endpoint, answer, hops);
            }
        }
    }

    /** One request of an endpoint, at {@code url}; redirects are for the caller. */
    Answer exchange(Endpoint<?> endpoint, HttpUrl url, String authorization, Duration left) throws IOException {
        RequestBody body = endpoint.body();
        Request.Builder request = new Request.Builder()
                .url(url)
                .method(endpoint.method(), body)
                .header("User-Agent", options.userAgent())
                .header("Accept-Encoding", "identity");
        endpoint.addHeaders(request);
        if (authorization != null && Origins.same(url, endpoint.url())) {
            request.header("Authorization", authorization);
        }
        OkHttpClient by = endpoint.isRelayed() ? relayHttp : http;
        Traffic.Kind kind = endpoint.isRelayed() ? Traffic.Kind.RELAY : TrafficCounters.kindOf(endpoint.url());
        return execute(by, request.build(), endpoint.url(), kind, left, endpoint.operations());
    }

    /** One request, one answer, whatever it is. */
    Answer execute(Request request, HttpUrl asked, Traffic.Kind kind, Duration left, Operations operations)
            throws IOException {
        return execute(http, request, asked, kind, left, operations);
    }

    private Answer execute(
            OkHttpClient by, Request request, HttpUrl asked, Traffic.Kind kind, Duration left, Operations operations)
            throws IOException {
        CallTimes times = new CallTimes();
        Stage before = StageTimes.enter(Stage.REGISTRY_FIRST_BYTE);
        StageTimes.asked(Origins.host(request.url()));
        Traffic.Status status = Traffic.Status.NONE;
        try {
            Answer answer = send(by, times.on(request), asked, left, operations);
            status = Traffic.Status.of(answer.status());
            return answer;
        } finally {
            counters.answered(kind, status, times.elapsedNanos());
            StageTimes.move(Stage.REGISTRY_FIRST_BYTE, Stage.REGISTRY_CONNECT, times.connectNanos());
            StageTimes.leave(before);
        }
    }

    private Answer send(OkHttpClient by, Request request, HttpUrl asked, Duration left, Operations operations)
            throws IOException {
        if (closed) {
            throw new ClosedClientException();
        }
        counters.sent();
        Call call = by.newCall(request);
        // Zero would mean no limit.
        Duration limit = left.compareTo(SHORTEST_CALL) < 0 ? SHORTEST_CALL : left;
        call.timeout().timeout(limit.toNanos(), TimeUnit.NANOSECONDS);
        operations.begin(call);
        Answer answer = null;
        try {
            answer = new Answer(call, call.execute(), asked, operations);
            return answer;
        } catch (IOException e) {
            throw closed ? new ClosedClientException() : e;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception undeclared) {
            // The library is written in a language that need not declare what it throws.
            throw interrupted(undeclared);
        } finally {
            if (answer == null) {
                operations.done(call);
            }
        }
    }

    private static IOException interrupted(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        IOException interrupted = new InterruptedIOException("interrupted while waiting for a connection");
        interrupted.initCause(e);
        return interrupted;
    }

    static boolean isRedirect(Answer answer) {
        return switch (answer.status()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    private HttpUrl follow(Endpoint<?> endpoint, Answer answer, int hops) throws FailedAttempt {
        if (hops == MAX_REDIRECTS) {
            throw FailedAttempt.protocol("more than " + MAX_REDIRECTS + " redirects");
        }
        boolean reads = endpoint.method().equals("GET") || endpoint.method().equals("HEAD");
        if (!reads && answer.status() < 307) {
            throw FailedAttempt.protocol("HTTP " + answer.status() + " in answer to a " + endpoint.method());
        }
        return resolve(endpoint.url(), answer);
    }

    /** Where an answer's Location points; refuses what must not be followed. */
    HttpUrl resolve(HttpUrl asked, Answer answer) throws FailedAttempt {
        return resolve(asked, answer.url(), answer);
    }

    /** The same of an answer that {@code base} gave through somebody else. */
    HttpUrl resolve(HttpUrl asked, HttpUrl base, Answer answer) throws FailedAttempt {
        String location = answer.header("Location");
        HttpUrl target = location == null ? null : base.resolve(location);
        if (target == null || Origins.hasUserInfo(target)) {
            throw FailedAttempt.protocol("HTTP " + answer.status() + " without a usable Location");
        }
        if (Origins.isDowngrade(asked, target) && !options.allowInsecureRedirects()) {
            throw FailedAttempt.last(
                    RegistryException.Kind.PROTOCOL,
                    answer.status(),
                    "refused to go on without encryption at " + Origins.display(target));
        }
        return target;
    }

    /** Whether an operation failed because somebody ended it. */
    boolean isEnded(Endpoint<?> endpoint) {
        return closed
                || Thread.currentThread().isInterrupted()
                || endpoint.operations().areEnded();
    }

    @Override
    public void close() {
        closed = true;
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
