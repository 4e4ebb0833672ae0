package io.overlaybd.testing.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands out the tokens that a {@link DockerRegistry} believes: signed with RSA, to {@link DockerRegistry#USER} with {@link
 * DockerRegistry#PASSWORD}, by GET or, with the identity token {@link #IDENTITY_TOKEN}, by OAuth2 POST. Grants what is asked
 * for. Thread-safe.
 */
public final class TokenServer implements Closeable {

    /** The refresh token that is taken. */
    public static final String IDENTITY_TOKEN = "identity-of-alice";

    /** What the registry calls itself in tokens. */
    static final String SERVICE = "test registry & more";

    static final String ISSUER = "test issuer";

    /**
     * A request that arrived.
     *
     * @param method GET or POST
     * @param query the decoded query, or the decoded form
     * @param authorization the Authorization header, null if there was none
     */
    public record Request(String method, String query, String authorization) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "token-server");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile int failureStatus;
    private volatile boolean anonymousAllowed;
    private volatile Duration lifetime = Duration.ofMinutes(5);

    /** Starts to listen at 127.0.0.1. */
    public TokenServer() {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/token", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Where tokens are handed out. */
    public String realm() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
    }

    /** Gives tokens to anyone who names no user. */
    public TokenServer allowAnonymous() {
        anonymousAllowed = true;
        return this;
    }

    /** How long tokens say that they live. */
    public TokenServer lifetime(Duration value) {
        lifetime = value;
        return this;
    }

    /** Makes the next tokens such that the registry takes them for expired, which they do not say. */
    public TokenServer issueExpired(int count) {
        expired.set(count);
        return this;
    }

    /** Answers the next requests with a status instead of a token. */
    public TokenServer fail(int status, int count) {
        failureStatus = status;
        failures.set(count);
        return this;
    }

    /** The requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean post = exchange.getRequestMethod().equals("POST");
            String raw = post
                    ? new String(exchange.getRequestBody().readNBytes(64 * 1024), StandardCharsets.UTF_8)
                    : exchange.getRequestURI().getRawQuery();
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            requests.add(new Request(
                    exchange.getRequestMethod(), URLDecoder.decode(raw, StandardCharsets.UTF_8), authorization));
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                answer(exchange, failureStatus, "{}");
            } else if (!isWelcome(post, raw, authorization)) {
                answer(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"no\"}]}");
            } else {
                String form = "{\"%s\":\"%s\",\"expires_in\":%d}";
                String field = post ? "access_token" : "token";
                answer(exchange, 200, String.format(form, field, token(raw), lifetime.toSeconds()));
            }
        }
    }

    private boolean isWelcome(boolean post, String raw, String authorization) {
        if (post) {
            return parameters(raw, "refresh_token").contains(IDENTITY_TOKEN)
                    && parameters(raw, "grant_type").contains("refresh_token");
        }
        return authorization == null
                ? anonymousAllowed
                : authorization.equals(
                        "Basic " + Base64.getEncoder().encodeToString(DockerRegistry.USER_AND_PASSWORD.getBytes()));
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static List<String> parameters(String raw, String name) {
        List<String> found = new ArrayList<>();
        for (String pair : raw.split("&")) {
            if (pair.startsWith(name + "=")) {
                found.add(URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8));
            }
        }
        return found;
    }

    private String token(String raw) {
        boolean late = expired.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        long now = Instant.now().getEpochSecond() - (late ? 3600 : 0);
        List<String> access = new ArrayList<>();
        for (String scopes : parameters(raw, "scope")) {
            for (String scope : scopes.split(" ")) {
                String[] part = scope.split(":");
                access.add(String.format(
                        "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[\"%s\"]}",
                        part[0], part[1], part[2].replace(",", "\",\"")));
            }
        }
        String claims = String.format(
                "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%d,\"nbf\":%d,\"iat\":%d,\"jti\":\"%s\",\"access\":[%s]}",
                ISSUER,
                DockerRegistry.USER,
                String.join(" ", parameters(raw, "service")),
                now + 300,
                now - 10,
                now,
                UUID.randomUUID(),
                String.join(",", access));
        return sign("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"" + keyId() + "\"}", claims);
    }

    private static String sign(String header, String claims) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String signed = base64.encodeToString(header.getBytes(StandardCharsets.UTF_8))
                + "."
                + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(TestCertificates.shared().tokenKey());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the registry calls a key: base32 of the first 240 bits of the hash of its DER form, in groups of four. */
    private static String keyId() {
        try {
            byte[] der =
                    TestCertificates.shared().tokenCertificate().getPublicKey().getEncoded();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(der);
            StringBuilder id = new StringBuilder();
            for (int bit = 0; bit < 240; bit += 5) {
                int window = (hash[bit / 8] & 0xff) << 8 | (hash[bit / 8 + 1] & 0xff);
                id.append(bit > 0 && bit % 20 == 0 ? ":" : "");
                id.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(window >>> (11 - bit % 8) & 31));
            }
            return id.toString();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
