package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.nbd.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorLimitTest {

    private static final int DESCRIPTORS = 64;

    @TempDir
    Path folder;

    @Test
    void serverThatRanOutOfDescriptorsServesAgainWhenThereAreSome() throws Exception {
        Path socket = folder.resolve("s");
        Process process = start(socket);
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertTrue(output.readLine().contains(socket.toString()));
            readFrom(socket);
            exhaust(socket);
            readFrom(socket);
        } finally {
            process.getOutputStream().close();
            assertEquals(0, process.waitFor());
        }
    }

    private static Process start(Path socket) throws IOException {
        List<String> limited = List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$0\" \"$@\"");
        return JavaProcess.start(limited, ServeHoles.class, socket.toString());
    }

    private static void readFrom(Path socket) throws IOException {
        try (NbdClient client = NbdClient.structured(UnixDomainSocketAddress.of(socket))) {
            assertEquals(4096, client.read(0, 4096).length);
        }
    }

    /** Opens as many connections as the process may have descriptors; some it cannot accept. */
    private static void exhaust(Path socket) throws IOException {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < DESCRIPTORS; i++) {
                wires.add(new Wire(UnixDomainSocketAddress.of(socket)));
            }
            wires.get(0).receive(18);
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }
}
