package io.overlaybd.registry.credential;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.overlaybd.testing.registry.TestCertificates;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;

/** A credential server at 127.0.0.1 that says what the test wants. */
final class CredentialServer implements Closeable {

    private final HttpServer server;
    private final boolean secure;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile String body = "";
    private volatile boolean silent;

    private CredentialServer(HttpServer server, boolean secure) {
        this.server = server;
        this.secure = secure;
        server.createContext("/auth", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    static CredentialServer plain() throws IOException {
        return new CredentialServer(HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0), false);
    }

    /** Lets only those in whose certificate is of the test's CA. */
    static CredentialServer secure() throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(TestCertificates.shared().server()) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
                        ssl.setNeedClientAuth(true);
                        parameters.setSSLParameters(ssl);
                    }
                });
        return new CredentialServer(server, true);
    }

    /** What a server answers that knows one user. */
    static String knows(String key, String user, String password) {
        return "{\"traceId\":\"t-1\",\"success\":true,\"data\":{\"auths\":{\"" + key + "\":{\"username\":\"" + user
                + "\",\"password\":\"" + password + "\"}}}}";
    }

    CredentialServer answer(int newStatus, String newBody) {
        status = newStatus;
        body = newBody;
        return this;
    }

    /** Takes requests and never answers them. */
    CredentialServer silent(boolean value) {
        silent = value;
        return this;
    }

    /** Path and query of each request so far, as they came. */
    List<String> requests() {
        return requests;
    }

    List<String> authorizations() {
        return authorizations;
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return (secure ? "https" : "http") + "://127.0.0.1:" + port() + "/auth";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestURI().toString());
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            if (silent) {
                end.await();
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "/auth?elsewhere");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
