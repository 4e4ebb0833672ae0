package io.overlaybd.nbd.server;

import java.io.IOException;
import java.nio.file.Path;

/** A server in a process of its own, for what a test cannot do to its own process. Ends with its standard input. */
final class ServeHoles {

    private ServeHoles() {}

    public static void main(String[] arguments) throws IOException {
        Endpoint endpoint = new Endpoint.Unix(Path.of(arguments[0]));
        Export export = new Export(new HoleDevice(1 << 20), "holes");
        try (NbdServer server = NbdServer.start(endpoint, export, ServerLimits.DEFAULT)) {
            System.out.println(server.uri());
            while (System.in.read() >= 0) {}
        }
    }
}
