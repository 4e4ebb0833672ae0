package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.Seeded;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Clients that do not keep to the protocol, or do and mean harm, cost no more than their own connection. */
@ExtendWith(Seeded.class)
class HostileClientTest {

    private static final int SIZE = 4 << 20;

    @TempDir
    Path folder;

    private static void assertClosed(NbdClient client) {
        assertThrows(EOFException.class, () -> client.wire.receive(1));
    }

    @Test
    void unknownClientFlagsCloseTheConnection() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                NbdClient client = NbdClient.greet(server.address, 7)) {
            assertClosed(client);
        }
    }

    @Test
    void wrongOptionMagicClosesTheConnection() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                NbdClient client = NbdClient.greet(server.address, 3)) {
            client.wire.send(new byte[16]);
            assertClosed(client);
        }
    }

    @Test
    void overlongOptionClosesTheConnectionBeforeItsDataCome() throws IOException {
        for (int length : new int[] {64 * 1024 + 1, Integer.MAX_VALUE, -1}) {
            try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                    NbdClient client = NbdClient.greet(server.address, 3)) {
                client.wire.send(ByteBuffer.allocate(16)
                        .putLong(0x49484156454F5054L)
                        .putInt(NbdClient.GO)
                        .putInt(length)
                        .flip());
                assertClosed(client);
            }
        }
    }

    @Test
    void endlessOptionsCloseTheConnection() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                NbdClient client = NbdClient.greet(server.address, 3)) {
            IOException closed = assertThrows(IOException.class, () -> {
                for (int i = 0; i < 10_000; i++) {
                    client.option(NbdClient.LIST, new byte[0]);
                }
            });
            assertTrue(closed.getMessage() != null);
        }
    }

    @Test
    void optionsFromAClientThatCannotTakeAnAnswerCloseTheConnection() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                NbdClient client = NbdClient.greet(server.address, 0)) {
            client.sendOption(NbdClient.LIST, new byte[0]);
            assertClosed(client);
        }
    }

    @Test
    void slowHandshakeMeetsItsDeadline() throws IOException {
        ServerLimits limits = Served.handshakeWithin(Duration.ofMillis(50));
        try (Served server = Served.unix(folder, new HoleDevice(SIZE), limits);
                NbdClient client = NbdClient.greet(server.address, 3)) {
            client.wire.send((byte) 'I');
            assertClosed(client);
        }
    }

    @Test
    void deadlineEndsWithTheHandshake() throws IOException {
        ServerLimits limits = Served.handshakeWithin(Duration.ofMillis(300));
        try (Served server = Served.unix(folder, new HoleDevice(SIZE), limits);
                NbdClient good = NbdClient.structured(server.address);
                NbdClient slow = NbdClient.greet(server.address, 3)) {
            assertClosed(slow); // so the time of the other, which came first, is over too
            assertEquals(512, good.read(0, 512).length);
        }
    }

    @Test
    void wrongRequestMagicClosesTheConnection() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(SIZE));
                NbdClient client = NbdClient.structured(server.address)) {
            client.wire.send(new byte[28]);
            assertClosed(client);
        }
    }

    @Test
    void tooManyConnectionsAreTurnedAway() throws IOException {
        ServerLimits limits = Served.LIMITS.withConnections(2);
        try (Served server = Served.unix(folder, new HoleDevice(SIZE), limits);
                NbdClient first = NbdClient.structured(server.address);
                NbdClient second = NbdClient.structured(server.address)) {
            try (Wire third = new Wire(server.address)) {
                assertThrows(IOException.class, () -> third.receive(1));
            }
            assertEquals(512, first.read(0, 512).length);
            assertEquals(512, second.read(0, 512).length);
        }
    }

    @Test
    void mutatedStreamsCostOnlyTheirOwnConnection(Random random) throws IOException {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 64);
        try (Served server = Served.unix(folder, new SometimesBlocking(device));
                NbdClient witness = NbdClient.structured(server.address)) {
            for (int i = 0; i < 300; i++) {
                try (Wire attacker = new Wire(server.address)) {
                    attack(attacker, random);
                }
                int offset = random.nextInt(SIZE - 5000);
                assertArrayEquals(device.copy(offset, 5000), witness.read(offset, 5000));
            }
        }
    }

    @Test
    void mutatedStreamsToAWritableDeviceCostOnlyTheirOwnConnection(Random random) throws IOException {
        try (Served server = Served.unix(folder, new MemoryDisk(SIZE));
                NbdClient witness = NbdClient.structured(server.address)) {
            for (int i = 0; i < 300; i++) {
                try (Wire attacker = new Wire(server.address)) {
                    attack(attacker, random);
                }
                int length = 1 + random.nextInt(5000);
                int offset = random.nextInt(SIZE - length);
                assertEquals(0, witness.write(0, offset, ByteBuffer.allocate(length)).errorCode);
                assertEquals(length, witness.read(offset, length).length);
            }
        }
    }

    /** Sends a session with some bytes changed, cut off somewhere; the socket is closed with replies unread. */
    private static void attack(Wire wire, Random random) {
        ByteBuffer session = session(random);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            session.put(random.nextInt(session.limit()), (byte) random.nextInt());
        }
        session.limit(random.nextInt(session.limit() + 1));
        try {
            wire.send(session);
            if (random.nextInt(4) == 0) {
                wire.receive(18);
            }
        } catch (IOException closedByTheServer) {
            // as it should be
        }
    }

    private static ByteBuffer session(Random random) {
        ByteBuffer session = ByteBuffer.allocate(20_000).putInt(3);
        byte[] meta = NbdClient.metaQuery("", "base:allocation");
        putOption(session, NbdClient.STRUCTURED_REPLY, new byte[0]);
        putOption(session, NbdClient.SET_META_CONTEXT, meta);
        putOption(session, NbdClient.LIST_META_CONTEXT, meta);
        putOption(session, NbdClient.GO, NbdClient.infoQuery("", 1, 2, 3));
        for (int i = random.nextInt(20); i > 0; i--) {
            int command = random.nextInt(8);
            int length = random.nextInt(command == NbdClient.WRITE ? 500 : SIZE);
            session.put(NbdClient.header(random.nextInt(32), command, i, random.nextInt(SIZE), length));
            session.position(session.position() + (command == NbdClient.WRITE ? length : 0));
        }
        return session.flip();
    }

    private static void putOption(ByteBuffer out, int option, byte[] data) {
        out.putLong(0x49484156454F5054L).putInt(option).putInt(data.length).put(data);
    }

    @Test
    void clientThatReadsNothingIsHeldToItsBudget() throws Exception {
        int budget = ReadQueue.MAX_BUFFERED_BYTES + ReadCommand.MAX_WHOLE_BYTES + (1 << 20);
        AtomicReference<Served> served = new AtomicReference<>();
        AtomicLong peak = new AtomicLong();
        CountDownLatch full = new CountDownLatch(12);
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        device.write(0, new byte[SIZE]);
        HookedDevice watched = new HookedDevice(device, (offset, length) -> {
            peak.accumulateAndGet(served.get().heldBytes(), Math::max);
            full.countDown();
        });
        try (Served server = Served.unix(folder, watched);
                NbdClient client = NbdClient.structured(server.address)) {
            served.set(server);
            for (int i = 0; i < 400; i++) {
                client.send(0, NbdClient.READ, 0, 1 << 18);
            }
            full.await();
            for (int i = 0; i < 400; i++) {
                assertEquals(1 << 18, client.receive().answer().coveredBytes);
            }
        }
        assertTrue(peak.get() < budget, "held " + peak);
    }

    @Test
    void clientsThatSendALotAndReadNothingLeaveRoomForOthers(Random random) throws Exception {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 64);
        try (Served server = Served.tcp(new SometimesBlocking(device));
                NbdClient witness = NbdClient.structured(server.address);
                NbdClient greedy = NbdClient.structured(server.address)) {
            Thread flood = new Thread(() -> flood(server));
            flood.start();
            for (int i = 0; i < 1000; i++) {
                greedy.send(0, NbdClient.READ, 0, SIZE);
            }
            for (int i = 0; i < 200; i++) {
                int offset = random.nextInt(SIZE - 5000);
                assertArrayEquals(device.copy(offset, 5000), witness.read(offset, 5000));
            }
            assertTrue(server.heldBytes() < 10 << 20, "held " + server.heldBytes());
            flood.interrupt();
            flood.join();
        }
    }

    /** Asks without end, until the server takes no more and the thread is interrupted. */
    private static void flood(Served server) {
        try (NbdClient client = NbdClient.structured(server.address)) {
            ByteBuffer request = NbdClient.header(0, NbdClient.BLOCK_STATUS, 1, 0, SIZE);
            while (true) {
                client.wire.send(request.rewind());
            }
        } catch (IOException interrupted) {
            // which closes the socket
        }
    }

    @Test
    void clientThatLeavesWhileReadsAreUnderWayLeaksNothing() throws IOException {
        AtomicReference<Served> served = new AtomicReference<>();
        CountDownLatch reading = new CountDownLatch(4);
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        device.write(0, new byte[SIZE]);
        HookedDevice stuck = new HookedDevice(device, (offset, length) -> {
            reading.countDown();
            while (served.get().server.connections() > 0) {
                Thread.onSpinWait();
            }
        });
        try (Served server = Served.unix(folder, stuck)) {
            served.set(server);
            try (NbdClient client = NbdClient.structured(server.address)) {
                for (int i = 0; i < 100; i++) {
                    client.send(0, NbdClient.READ, 0, 1 << 20);
                }
                ReadCommandTest.await(reading);
            }
        }
    }
}
