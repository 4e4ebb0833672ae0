package io.overlaybd.nbd;

import io.overlaybd.nbd.server.Endpoint;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say where clients connect: one of two kinds of address. Thread-confined. */
final class Address {

    static final int MAX_PORT = 65535;

    @Option(names = "--socket", required = true, paramLabel = "PATH", description = "Unix socket to create.")
    private Path socket;

    @ArgGroup(exclusive = false)
    private Tcp tcp;

    /** Port and address. */
    private static final class Tcp {

        @Option(names = "--port", required = true, paramLabel = "N", description = "TCP port; 0 takes a free one.")
        private int port;

        @Option(
                names = "--bind",
                paramLabel = "ADDRESS",
                defaultValue = "127.0.0.1",
                description =
                        "Address of the port; default ${DEFAULT-VALUE}. Whoever reaches it can read and write the image.")
        private String bind;
    }

    /** What the options name; a port that cannot be is wrong usage of {@code line}. */
    Endpoint endpoint(CommandLine line) {
        if (socket != null) {
            return new Endpoint.Unix(socket);
        }
        if (tcp.port < 0 || tcp.port > MAX_PORT) {
            throw new ParameterException(line, "--port: expected 0 to " + MAX_PORT + ", found " + tcp.port);
        }
        return new Endpoint.Tcp(new InetSocketAddress(tcp.bind, tcp.port));
    }
}
