package io.overlaybd.nbd.server;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The name of a Unix socket in the file system, which outlives a server that was killed. */
final class SocketFile {

    private static final int TYPE_MASK = 0170000;
    private static final int TYPE_SOCKET = 0140000;

    private SocketFile() {}

    /**
     * Removes a socket that nobody listens on.
     *
     * @throws BindException if somebody does, or if it is no socket
     */
    static void removeIfStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE_MASK) != TYPE_SOCKET) {
            throw new BindException(path + ": already exists and is not a socket");
        }
        if (isServed(path)) {
            throw new BindException(path + ": a server is listening there");
        }
        Files.deleteIfExists(path);
    }

    private static boolean isServed(Path path) throws IOException {
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
            return true;
        } catch (ConnectException nobodyListens) {
            return false;
        }
    }
}
