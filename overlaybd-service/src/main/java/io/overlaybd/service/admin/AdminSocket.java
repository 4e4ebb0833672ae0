package io.overlaybd.service.admin;

import io.overlaybd.service.http.HttpListener;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Unix socket for one user: its file is theirs alone, and the kernel says who calls. Stateless. */
final class AdminSocket {

    private static final Logger LOG = LoggerFactory.getLogger(AdminSocket.class);
    private static final String ROOT = "root";

    private AdminSocket() {}

    /**
     * Binds a socket, in a folder that is made for it if there is none. The file of a process that is no more is replaced.
     *
     * @throws IOException if another process listens there, or something else is in the way
     */
    static ServerSocketChannel bind(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (Files.notExists(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        removeIfStale(path);
        ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean done = false;
        try {
            socket.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            done = true;
            return socket;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private static void removeIfStale(Path path) throws IOException {
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean isOther = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
        if (!isOther) {
            throw new IOException(path + ": is there and is no socket; remove it, or set serviceConfig.adminSocket");
        }
        if (isServed(path)) {
            throw new IOException(path + ": another process listens there; set serviceConfig.adminSocket");
        }
        Files.delete(path);
    }

    private static boolean isServed(Path path) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return channel.isConnected();
        } catch (IOException nobodyListens) {
            return false;
        }
    }

    /** Lets in who has the user of this process, and root, even if the file's permissions were opened. */
    static HttpListener.Door door() {
        String own = System.getProperty("user.name");
        return client -> {
            UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
            String user = peer.user().getName();
            boolean admitted = user.equals(ROOT) || user.equals(own);
            if (!admitted) {
                LOG.warn("the user {} was not let in at the admin socket", user);
            }
            return admitted;
        };
    }
}
