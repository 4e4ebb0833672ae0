package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.overlaybd.testing.MemoryDevice;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NbdServerTest {

    private static final Export HOLES = new Export(new HoleDevice(1 << 20), "holes");
    private static final long PATIENCE_MILLIS = 10_000;

    @TempDir
    Path folder;

    @Test
    void uriNamesTheSocketOrThePort() throws IOException {
        Path odd = folder.resolve("a b&c.sock");
        try (NbdServer server = NbdServer.start(new Endpoint.Unix(odd), HOLES, Served.LIMITS)) {
            assertEquals("nbd+unix:///?socket=" + folder + "/a%20b%26c.sock", server.uri());
        }
        Endpoint.Tcp anyPort = new Endpoint.Tcp(new InetSocketAddress("127.0.0.1", 0));
        try (NbdServer server = NbdServer.start(anyPort, HOLES, Served.LIMITS)) {
            assertTrue(server.uri().matches("nbd://127\\.0\\.0\\.1:[1-9]\\d+"), server.uri());
        }
        assertEquals("nbd://[0:0:0:0:0:0:0:1]:5", new Endpoint.Tcp(new InetSocketAddress("::1", 5)).uri());
    }

    @Test
    void closeRemovesTheSocketAndIsIdempotent() throws IOException {
        Path socket = folder.resolve("s");
        NbdServer server = NbdServer.start(new Endpoint.Unix(socket), HOLES, Served.LIMITS);
        assertTrue(Files.exists(socket));
        server.close();
        server.close();
        assertFalse(Files.exists(socket));
    }

    @Test
    void socketOfADeadServerIsReplacedAndThatOfALiveOneIsNot() throws IOException {
        Path socket = folder.resolve("s");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))
                .close();
        assertTrue(Files.exists(socket), "a closed socket leaves its file");
        try (Served server = Served.unix(folder, HOLES.device())) {
            IOException refused = assertThrows(
                    IOException.class, () -> NbdServer.start(new Endpoint.Unix(socket), HOLES, Served.LIMITS));
            assertTrue(refused.getMessage().contains("listening"), refused.getMessage());
            try (NbdClient client = NbdClient.structured(server.address)) {
                assertEquals(512, client.read(0, 512).length);
            }
        }
    }

    @Test
    void fileThatIsNoSocketIsLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("s"), "precious");
        assertThrows(IOException.class, () -> NbdServer.start(new Endpoint.Unix(file), HOLES, Served.LIMITS));
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void addressThatCannotBeHadIsNamed() throws IOException {
        try (NbdServer server =
                NbdServer.start(new Endpoint.Tcp(new InetSocketAddress("127.0.0.1", 0)), HOLES, Served.LIMITS)) {
            int port = Integer.parseInt(server.uri().substring(server.uri().lastIndexOf(':') + 1));
            Endpoint taken = new Endpoint.Tcp(new InetSocketAddress("127.0.0.1", port));
            IOException e = assertThrows(IOException.class, () -> NbdServer.start(taken, HOLES, Served.LIMITS));
            assertEquals(
                    "cannot listen at " + taken.uri()
                            + ": Address already in use; choose another, or end the program that listens there",
                    e.getMessage());
        }
        Endpoint noHost = new Endpoint.Tcp(InetSocketAddress.createUnresolved("no.such.host", 0));
        IOException e = assertThrows(IOException.class, () -> NbdServer.start(noHost, HOLES, Served.LIMITS));
        assertTrue(e.getMessage().contains("no host"), e.getMessage());
        Endpoint nowhere = new Endpoint.Unix(folder.resolve("none").resolve("s"));
        e = assertThrows(IOException.class, () -> NbdServer.start(nowhere, HOLES, Served.LIMITS));
        assertTrue(
                e.getMessage().endsWith("the directory of the socket does not exist; create it first"), e.getMessage());
    }

    @Test
    void closeAnswersWhatIsUnderWay() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MemoryDevice device = new MemoryDevice("memory", 1 << 20);
        byte[] data = new byte[4096];
        data[17] = 17;
        device.write(0, data);
        HookedDevice slow = new HookedDevice(device, (offset, length) -> {
            reading.countDown();
            ReadCommandTest.await(goOn);
        });
        Served server = Served.unix(folder, slow);
        try (NbdClient busy = NbdClient.structured(server.address);
                NbdClient idle = NbdClient.structured(server.address);
                NbdClient shakingHands = NbdClient.greet(server.address, 3)) {
            busy.send(0, NbdClient.READ, 0, 4096);
            reading.await();
            Thread closer = new Thread(server::close);
            closer.start();
            assertThrows(EOFException.class, () -> idle.wire.receive(1));
            assertThrows(EOFException.class, () -> shakingHands.wire.receive(1));
            goOn.countDown();
            assertArrayEquals(data, busy.receive().answer().data);
            assertThrows(EOFException.class, () -> busy.wire.receive(1));
            closer.join();
        }
    }

    @Test
    void closeDoesNotWaitForEverForAClientThatReadsNothing() throws IOException {
        MemoryDevice device = new MemoryDevice("memory", 8 << 20);
        device.write(0, new byte[8 << 20]);
        ServerLimits impatient =
                new ServerLimits(4, ServerLimits.MIN_SHARED_BYTES, 16, Duration.ofSeconds(10), Duration.ofMillis(50));
        Served server = Served.unix(folder, device, impatient);
        try (NbdClient client = NbdClient.structured(server.address)) {
            client.send(0, NbdClient.READ, 0, 8 << 20);
            client.wire.receive(1);
            server.close();
            client.wire.receiveToEnd();
        }
    }

    @Test
    void serversComeAndGoWithoutThreadsOrDescriptorsStaying() throws Exception {
        session();
        List<Path> before = sockets();
        for (int i = 0; i < 5; i++) {
            session();
        }
        assertEquals(before.size(), sockets().size());
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("obd-nbd")) {
                thread.join(PATIENCE_MILLIS); // it is past its last task, but may not have left yet
                assertFalse(thread.isAlive(), thread.getName());
            }
        }
    }

    private void session() throws IOException {
        Endpoint endpoint = new Endpoint.Unix(folder.resolve("s"));
        try (NbdServer server = NbdServer.start(endpoint, HOLES, Served.LIMITS, ByteBufAllocator.DEFAULT);
                NbdClient left = NbdClient.structured(UnixDomainSocketAddress.of(folder.resolve("s")));
                NbdClient leaving = NbdClient.simple(UnixDomainSocketAddress.of(folder.resolve("s")))) {
            assertEquals(2, server.connections());
            assertEquals(4096, left.read(0, 4096).length);
            leaving.send(0, NbdClient.READ, 0, 1 << 20);
        }
    }

    private static List<Path> sockets() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(NbdServerTest::isSocketOrPoll).toList();
        }
    }

    private static boolean isSocketOrPoll(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:") || target.startsWith("anon_inode:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
