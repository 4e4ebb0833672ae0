package io.overlaybd.service.admin;

import io.overlaybd.service.DaemonService;
import io.overlaybd.service.http.HttpListener;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for the administrator, see the package. Thread-safe. */
public final class AdminApi implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);

    private final Path path;
    private final HttpListener listener;

    private AdminApi(Path path, HttpListener listener) {
        this.path = path;
        this.listener = listener;
    }

    /**
     * Starts if the configuration wants it. Disks are worth more than this socket: if it cannot be had, the log is told, and what is
     * returned does nothing, as where nobody wants it. The daemon stays the caller's, who closes this before.
     */
    public static Closeable startIfWanted(DaemonService daemon) {
        Optional<Path> path = daemon.adminSocket();
        if (path.isEmpty()) {
            return () -> {};
        }
        try {
            return start(path.get(), daemon);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.error("no admin socket: {}", e.getMessage() == null ? e : e.getMessage());
            return () -> {};
        }
    }

    static AdminApi start(Path path, DaemonService daemon) throws IOException {
        ServerSocketChannel socket;
        try {
            socket = AdminSocket.bind(path);
        } catch (IOException e) {
            throw new IOException("cannot listen at " + path + ": " + e.getMessage(), e);
        }
        AdminRoutes routes = new AdminRoutes(daemon);
        LOG.info("the administrator is listened to at {}", path);
        return new AdminApi(path, HttpListener.start("admin", socket, AdminSocket.door(), routes::answer));
    }

    /** Stops listening and removes the socket's file. Idempotent. */
    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(path);
    }
}
