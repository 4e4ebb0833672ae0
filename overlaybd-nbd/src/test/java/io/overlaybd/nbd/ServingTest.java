package io.overlaybd.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.Vectors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process: what it serves, and how it ends. */
class ServingTest {

    @TempDir
    Path folder;

    private Path socket;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void nameTheSocket() {
        socket = folder.resolve("s");
    }

    @AfterEach
    void endProcesses() {
        started.forEach(Process::destroyForcibly);
    }

    private Path config(Path... lowers) throws IOException {
        List<String> files = new ArrayList<>();
        for (Path lower : lowers) {
            files.add("{\"file\": \"" + lower.toAbsolutePath() + "\"}");
        }
        return Files.writeString(folder.resolve("config.json"), "{\"lowers\": [" + String.join(", ", files) + "]}");
    }

    private Path emptyImage() throws Exception {
        return config(Path.of(ServingTest.class.getResource("/empty.lsmt").toURI()));
    }

    private Process command(Path config, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(config.toString()));
        arguments.addAll(List.of(options));
        Process process = JavaProcess.start(OverlaybdNbd.class, arguments.toArray(String[]::new));
        started.add(process);
        return process;
    }

    private Process serve(Path config) throws IOException {
        Process process = command(config, "--socket", socket.toString());
        assertEquals("nbd+unix:///?socket=" + socket, firstLine(process));
        return process;
    }

    private static String firstLine(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private void assertGreets() throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            assertTrue(client.read(ByteBuffer.allocate(18)) > 0);
        }
    }

    @Test
    void terminateAndInterruptEndItCleanly() throws Exception {
        for (String signal : List.of("-TERM", "-INT")) {
            Process server = serve(emptyImage());
            try (SocketChannel idle = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertTrue(idle.read(ByteBuffer.allocate(18)) > 0);
                // The shell's own, since a small system has no program of that name.
                new ProcessBuilder("sh", "-c", "kill " + signal + " " + server.pid())
                        .start()
                        .waitFor();
                assertEquals(0, server.waitFor(), signal);
            }
            assertFalse(Files.exists(socket));
        }
    }

    @Test
    void socketLeftByAKilledServerIsReplaced() throws Exception {
        assertNotEquals(0, serve(emptyImage()).destroyForcibly().waitFor());
        assertTrue(Files.exists(socket));
        serve(emptyImage());
        assertGreets();
    }

    @Test
    void socketOfALiveServerIsRefused() throws Exception {
        serve(emptyImage());
        Process second = command(emptyImage(), "--socket", socket.toString());
        assertEquals(1, second.waitFor());
        assertGreets();
    }

    @Test
    void portZeroTakesAFreeOne() throws Exception {
        String uri = firstLine(command(emptyImage(), "--port", "0", "--threads", "2"));
        assertTrue(uri.matches("nbd://127\\.0\\.0\\.1:[1-9]\\d+"), uri);
    }

    @Test
    void stackWrittenByTheOriginalIsServedBitForBit() throws Exception {
        Path config =
                config(Vectors.path("ext4/l1.lz4.tar"), Vectors.path("ext4/l2.zstd.tar"), Vectors.path("ext4/l3.lsmt"));
        String expected = Files.readString(Vectors.path("ext4/l3.flat.sha256")).substring(0, 64);
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/nbdcopy")), "SKIPPED: not installed: nbdcopy");
        serve(config);
        Process copy = new ProcessBuilder("nbdcopy", "nbd+unix:///?socket=" + socket, "-")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals(expected, sha256(copy.getInputStream()));
        assertEquals(0, copy.waitFor());
    }

    private static String sha256(InputStream bytes) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[1 << 20];
        try (DigestInputStream in = new DigestInputStream(bytes, digest)) {
            while (in.read(buffer) >= 0) {}
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
