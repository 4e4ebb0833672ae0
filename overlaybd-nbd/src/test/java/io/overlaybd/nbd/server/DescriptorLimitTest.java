package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.nbd.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorLimitTest {

    private static final int SPARE_DESCRIPTORS = 8;
    private static final int CONNECTIONS = 64;

    @TempDir
    Path folder;

    @Test
    void serverThatRanOutOfDescriptorsServesAgainWhenThereAreSome() throws Exception {
        Path socket = folder.resolve("s");
        Process process = JavaProcess.start(ServeHoles.class, socket.toString());
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertTrue(output.readLine().contains(socket.toString()));
            readFrom(socket);
            limit(process);
            exhaust(socket);
            readFrom(socket);
        } finally {
            process.getOutputStream().close();
            assertEquals(0, process.waitFor());
        }
    }

    /** Leaves the process a few descriptors more than it has open: how many that are depends on its class path. */
    private static void limit(Process process) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "SKIPPED: not installed: prlimit");
        long open;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            open = descriptors.count();
        }
        String limit = "--nofile=" + (open + SPARE_DESCRIPTORS) + ":";
        Process prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), limit)
                .inheritIO()
                .start();
        assertEquals(0, prlimit.waitFor());
    }

    private static void readFrom(Path socket) throws IOException {
        try (NbdClient client = NbdClient.structured(UnixDomainSocketAddress.of(socket))) {
            assertEquals(4096, client.read(0, 4096).length);
        }
    }

    /** Opens more connections than the process has descriptors for; most it cannot accept. */
    private static void exhaust(Path socket) throws IOException {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
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
