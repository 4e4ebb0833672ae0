package io.overlaybd.service.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.overlaybd.service.ImageService;
import io.overlaybd.service.UnknownDeviceException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers HTTP requests at the address that the configuration names, {@code serviceConfig.address}:
 *
 * <pre>
 *  any method /snapshot?dev_id={id}&amp;config={file}   takes a snapshot, see {@link ImageService#snapshot}
 *  everything else                                  404, empty
 * </pre>
 *
 * A failure is told in the words of the original; why it failed is in the log, and in the header {@value #REASON}. There is no
 * encryption and no password: whoever reaches the address can have snapshots taken, so it should be that of the loopback
 * device, as it is by default.
 *
 * <p>Thread-safe. A client that is slow is cut off.
 */
public final class HttpApi implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

    private static final String REASON = "Overlaybd-Reason";
    private static final int MAX_REASON_CHARACTERS = 1000;
    private static final int DEFAULT_PORT = 9862;
    private static final int THREADS = 4;
    private static final int BACKLOG = 16;
    private static final String MAX_REQUEST_SECONDS = "10";

    static {
        limit("sun.net.httpserver.maxReqTime");
        limit("sun.net.httpserver.maxRspTime");
    }

    private final ImageService images;
    private final HttpServer server;
    private final ExecutorService threads;

    private HttpApi(ImageService images, HttpServer server) {
        this.images = images;
        this.server = server;
        this.threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "obd-api");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The JDK's server reads its limits when its first class is loaded. */
    private static void limit(String property) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, MAX_REQUEST_SECONDS);
        }
    }

    /**
     * Starts the service if the configuration of {@code images} wants it; else what is returned does nothing. The images stay the
     * caller's, who closes the service before them.
     *
     * @throws IOException if the address is none, or cannot be had
     */
    public static Closeable startIfWanted(ImageService images) throws IOException {
        if (images.apiAddress().isEmpty()) {
            return () -> {};
        }
        return start(images, images.apiAddress().get());
    }

    static HttpApi start(ImageService images, String url) throws IOException {
        InetSocketAddress address = address(url);
        HttpServer server;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException("serviceConfig.address: cannot listen at " + url + ": " + e.getMessage(), e);
        }
        HttpApi api = new HttpApi(images, server);
        server.setExecutor(api.threads);
        server.createContext("/", api::answer);
        server.start();
        LOG.info("snapshots are taken at http://{}:{}/snapshot", address.getHostString(), api.port());
        return api;
    }

    private static InetSocketAddress address(String url) throws IOException {
        try {
            URI uri = URI.create(url.contains("://") ? url : "http://" + url);
            if (uri.getHost() != null && "http".equals(uri.getScheme())) {
                int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
                return new InetSocketAddress(InetAddress.getByName(uri.getHost()), port);
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("serviceConfig.address: {}", e.getMessage());
        } catch (UnknownHostException e) {
            throw new IOException("serviceConfig.address: there is no host of the name in " + url, e);
        }
        throw new IOException("serviceConfig.address: expected http://<host>:<port>, found " + url);
    }

    /** Which port was bound. */
    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            if (path != null && path.startsWith("/snapshot")) {
                SnapshotAnswer answer = snapshot(exchange);
                boolean bodyless = exchange.getRequestMethod().equals("HEAD");
                exchange.sendResponseHeaders(answer.status(), bodyless ? -1 : answer.body().length);
                if (!bodyless) {
                    exchange.getResponseBody().write(answer.body());
                }
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private SnapshotAnswer snapshot(HttpExchange exchange) {
        try {
            Query query = new Query(exchange.getRequestURI().getRawQuery());
            if (query.get("dev_id").isEmpty() || query.get("config").isEmpty()) {
                return SnapshotAnswer.INCOMPLETE;
            }
            images.snapshot(query.get("dev_id"), Path.of(query.get("config")));
            return SnapshotAnswer.CREATED;
        } catch (UnknownDeviceException e) {
            return told(exchange, SnapshotAnswer.UNKNOWN, e);
        } catch (IOException | InvalidPathException e) {
            return told(exchange, SnapshotAnswer.FAILED, e);
        } catch (IllegalArgumentException e) {
            return told(exchange, SnapshotAnswer.INCOMPLETE, e);
        } catch (RuntimeException e) {
            LOG.error("no snapshot, because of a defect of this server", e);
            return SnapshotAnswer.FAILED;
        }
    }

    private static SnapshotAnswer told(HttpExchange exchange, SnapshotAnswer answer, Exception failure) {
        String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        LOG.warn("no snapshot: {}", reason);
        String oneLine = reason.replaceAll("[^ -~]+", " ");
        exchange.getResponseHeaders()
                .set(REASON, oneLine.substring(0, Math.min(MAX_REASON_CHARACTERS, oneLine.length())));
        return answer;
    }

    /** Stops listening; a snapshot that is being taken goes on to its end, unheard. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
