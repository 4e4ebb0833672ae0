package io.overlaybd.service.metrics;

import io.overlaybd.config.ExporterConfig;
import io.overlaybd.service.http.HttpAnswer;
import io.overlaybd.service.http.HttpListener;
import io.overlaybd.service.http.HttpRequest;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows metrics to whoever asks, on all addresses as the original does. Any method, except that HEAD gets no body:
 *
 * <pre>
 *  {uriPrefix}...   the page of metrics
 *  /healthz         200, as long as there is an answer at all
 *  /readyz          200 once every device that was there at the start is served, else 503 and what is waited for
 *  everything else  404
 * </pre>
 *
 * Thread-safe.
 */
public final class Exporter implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Exporter.class);
    private static final String PAGE = "text/plain; version=0.0.4; charset=utf-8";

    private final Metrics metrics;
    private final String prefix;
    private final HttpListener listener;

    private Exporter(Metrics metrics, String prefix, ServerSocketChannel bound) {
        this.metrics = metrics;
        this.prefix = prefix;
        this.listener = HttpListener.start("exporter", bound, client -> true, this::answer);
    }

    /**
     * Starts if the configuration wants it; else what is returned does nothing.
     *
     * @throws IOException if the port cannot be had
     */
    public static Closeable startIfWanted(ExporterConfig config, Metrics metrics) throws IOException {
        return config.enable() ? start(config.port(), config.uriPrefix(), metrics) : () -> {};
    }

    /** Starts at a port; 0 takes a free one. */
    public static Exporter start(int port, String prefix, Metrics metrics) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.bind(new InetSocketAddress(port));
        } catch (IOException e) {
            socket.close();
            throw new IOException(
                    "cannot show metrics at port " + port + ": " + e.getMessage() + "; give another port", e);
        }
        Exporter exporter = new Exporter(metrics, prefix, socket);
        LOG.info("metrics are shown at port {}, {}", exporter.port(), prefix);
        return exporter;
    }

    /** Which port was bound. */
    public int port() throws IOException {
        return ((InetSocketAddress) listener.address()).getPort();
    }

    private HttpAnswer answer(HttpRequest request) {
        return page(metrics, prefix, request.path()).orElseGet(() -> HttpAnswer.text(404, "see " + prefix));
    }

    /** The answer to a request for one of the pages; nothing if there is no such page. */
    public static Optional<HttpAnswer> page(Metrics metrics, String prefix, String path) {
        return switch (path) {
            case "/healthz" -> Optional.of(HttpAnswer.text(200, "ok"));
            case "/readyz" -> Optional.of(ready(metrics.health().waitingFor()));
            default ->
                path.startsWith(prefix) ? Optional.of(new HttpAnswer(200, PAGE, metrics.page())) : Optional.empty();
        };
    }

    private static HttpAnswer ready(List<String> waitingFor) {
        return waitingFor.isEmpty()
                ? HttpAnswer.text(200, "ok")
                : HttpAnswer.text(503, "waiting for " + String.join(", ", waitingFor));
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
