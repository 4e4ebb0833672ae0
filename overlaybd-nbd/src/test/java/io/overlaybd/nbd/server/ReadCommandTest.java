package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.Seeded;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Seeded.class)
class ReadCommandTest {

    private static final int SIZE = 6 << 20;
    private static final int EIO = 5;
    private static final int EINVAL = 22;
    private static final int EOVERFLOW = 75;

    @TempDir
    Path folder;

    private static BlockDevice mayBlock(MemoryDevice device) {
        return new HookedDevice(device, (offset, length) -> {});
    }

    @Test
    void anyRangeReadsAsTheDevice(Random random) throws IOException {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 64);
        for (BlockDevice served : List.of(device, mayBlock(device))) {
            try (Served server = Served.unix(folder, served);
                    NbdClient structured = NbdClient.structured(server.address);
                    NbdClient simple = NbdClient.simple(server.address)) {
                assertEquals(SIZE, structured.sizeBytes);
                for (int i = 0; i < 200; i++) {
                    int length = 1 + (random.nextInt(SIZE) >>> random.nextInt(20));
                    int offset = random.nextInt(SIZE - length + 1);
                    byte[] expected = device.copy(offset, length);
                    assertArrayEquals(expected, structured.read(offset, length));
                    assertArrayEquals(expected, simple.read(offset, length));
                }
            }
        }
    }

    @Test
    void eightConnectionsAtDepthThirtyTwoReadAsTheDevice(Random random) throws Exception {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 200);
        BlockDevice sometimesBlocks = new SometimesBlocking(device);
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (Served server = Served.tcp(sometimesBlocks)) {
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                long seed = random.nextLong();
                boolean structured = i % 2 == 0;
                results.add(clients.submit(() -> {
                    readAtDepth(server, structured, device, new Random(seed));
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            clients.shutdown();
        }
    }

    private static void readAtDepth(Served server, boolean structured, MemoryDevice device, Random random)
            throws IOException {
        try (NbdClient client = structured ? NbdClient.structured(server.address) : NbdClient.simple(server.address)) {
            for (int sent = 0, received = 0; received < 500; ) {
                while (sent < 500 && sent - received < 32) {
                    int length = 1 + random.nextInt(1 << 8 + random.nextInt(9));
                    client.send(0, NbdClient.READ, random.nextInt(SIZE - length), length);
                    sent++;
                }
                NbdClient.Answer answer = client.receive().answer();
                assertEquals(0, answer.errorCode);
                assertEquals(answer.data.length, answer.coveredBytes);
                assertArrayEquals(device.copy(answer.offsetBytes, answer.data.length), answer.data);
                received++;
            }
        }
    }

    @Test
    void holesAreNeitherReadNorSent() throws IOException {
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        device.write(1 << 20, new byte[1 << 20]);
        device.zero(3 << 20, 1 << 20);
        HookedDevice counted = new HookedDevice(device, (offset, length) -> {
            if (offset < 1 << 20 || offset + length > 2 << 20) {
                throw new IOException("a hole was read");
            }
        });
        try (Served server = Served.unix(folder, counted);
                NbdClient client = NbdClient.structured(server.address)) {
            NbdClient.Answer answer = client.call(0, NbdClient.READ, 0, SIZE);
            assertEquals(0, answer.errorCode);
            assertEquals(SIZE, answer.coveredBytes);
            assertEquals(2, answer.holeChunks);
            assertEquals(4, answer.dataChunks);
            assertEquals(4, counted.reads.get());
        }
    }

    @Test
    void flagDfGivesOneChunkOrAnOverflow(Random random) throws IOException {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 16);
        try (Served server = Served.unix(folder, device);
                NbdClient client = NbdClient.structured(server.address)) {
            NbdClient.Answer answer = client.call(NbdClient.DF, NbdClient.READ, 77, 1 << 20);
            assertEquals(1, answer.dataChunks + answer.holeChunks);
            assertArrayEquals(device.copy(77, 1 << 20), answer.data);
            assertEquals(EOVERFLOW, client.call(NbdClient.DF, NbdClient.READ, 0, (4 << 20) + 1).errorCode);
        }
    }

    @Test
    void flagDfIsUnknownWithoutStructuredReplies() throws IOException {
        try (Served server = Served.unix(folder, new MemoryDevice("memory", SIZE));
                NbdClient client = NbdClient.simple(server.address)) {
            assertEquals(EINVAL, client.call(NbdClient.DF, NbdClient.READ, 0, 512).errorCode);
            assertEquals(512, client.read(0, 512).length);
        }
    }

    @Test
    void readOfNothingSucceeds() throws IOException {
        try (Served server = Served.unix(folder, new MemoryDevice("memory", SIZE));
                NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            assertEquals(0, structured.call(0, NbdClient.READ, SIZE, 0).errorCode);
            assertEquals(0, simple.call(0, NbdClient.READ, 5, 0).errorCode);
        }
    }

    @Test
    void readOutsideOrTooLongIsInvalid() throws IOException {
        try (Served server = Served.unix(folder, new HoleDevice(40 << 20));
                NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            for (NbdClient client : List.of(structured, simple)) {
                assertEquals(EINVAL, client.call(0, NbdClient.READ, (40 << 20) - 511, 512).errorCode);
                assertEquals(EINVAL, client.call(0, NbdClient.READ, -1, 1).errorCode);
                assertEquals(EINVAL, client.call(0, NbdClient.READ, Long.MAX_VALUE, 0xffff_ffffL).errorCode);
                assertEquals(EINVAL, client.call(0, NbdClient.READ, 0, (32 << 20) + 1).errorCode);
                assertEquals(512, client.read((40 << 20) - 512, 512).length);
            }
        }
    }

    @Test
    void farEndOfALargeDeviceIsReadable() throws IOException {
        long size = 3L << 40;
        try (Served server = Served.unix(folder, new HoleDevice(size));
                NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            assertEquals(size, structured.sizeBytes);
            assertEquals(4096, structured.read(size - 4096, 4096).length);
            assertEquals(4096, simple.read(size - 4096, 4096).length);
        }
    }

    @Test
    void errorNamesItsPlaceAndTheConnectionGoesOn() throws IOException {
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        device.write(0, new byte[SIZE]);
        int bad = 1 << 20;
        BlockDevice faulty = new HookedDevice(device, (offset, length) -> {
            if (offset <= bad && bad < offset + length) {
                throw new IOException("sector " + bad / 512 + " is bad");
            }
        });
        try (Served server = Served.unix(folder, faulty);
                NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            NbdClient.Answer answer = structured.call(0, NbdClient.READ, 0, 4 << 20);
            assertEquals(EIO, answer.errorCode);
            assertTrue(
                    answer.errorOffsetBytes <= bad && bad - answer.errorOffsetBytes < 256 * 1024,
                    "error at " + answer.errorOffsetBytes);
            assertEquals(EIO, simple.call(0, NbdClient.READ, bad - 10, 4096).errorCode);
            assertArrayEquals(new byte[4096], structured.read(0, 4096));
            assertArrayEquals(new byte[4096], simple.read(0, 4096));
        }
    }

    @Test
    void errorLateInALongSimpleReplyClosesTheConnection() throws IOException {
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        BlockDevice faulty = new HookedDevice(device, (offset, length) -> {
            if (offset >= 4 << 20) {
                throw new IOException("bad");
            }
        });
        try (Served server = Served.unix(folder, faulty);
                NbdClient client = NbdClient.simple(server.address)) {
            assertThrows(EOFException.class, () -> client.read(0, SIZE));
        }
    }

    @Test
    void longSimpleRepliesDoNotMixWithOthers(Random random) throws IOException {
        MemoryDevice device = MemoryDevice.random(random, SIZE, 2000);
        try (Served server = Served.unix(folder, mayBlock(device));
                NbdClient client = NbdClient.simple(server.address)) {
            Map<Long, Integer> lengths = new HashMap<>();
            for (int i = 0; i < 40; i++) {
                int length = i % 4 == 1 ? SIZE : 100;
                lengths.put(client.send(0, NbdClient.READ, 0, length), length);
                lengths.put(client.send(0, NbdClient.TRIM, 0, 512), 0);
            }
            while (!lengths.isEmpty()) {
                NbdClient.Completed completed = client.receive();
                int length = lengths.remove(completed.cookie());
                assertEquals(length == 0 ? 1 : 0, completed.answer().errorCode);
                assertArrayEquals(device.copy(0, length), completed.answer().data);
            }
        }
    }

    @Test
    void fastReadOvertakesASlowOne() throws IOException {
        MemoryDevice device = new MemoryDevice("memory", SIZE);
        device.write(0, new byte[SIZE]);
        CountDownLatch fastIsBack = new CountDownLatch(1);
        BlockDevice slow = new HookedDevice(device, (offset, length) -> {
            if (offset == 0) {
                await(fastIsBack);
            }
        });
        try (Served server = Served.unix(folder, slow);
                NbdClient client = NbdClient.structured(server.address)) {
            long first = client.send(0, NbdClient.READ, 0, 4096);
            long second = client.send(0, NbdClient.READ, 8192, 4096);
            assertEquals(second, client.receive().cookie());
            fastIsBack.countDown();
            assertEquals(first, client.receive().cookie());
        }
    }

    static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
