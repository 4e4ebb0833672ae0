package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.NoSpaceException;
import io.overlaybd.io.ReadOnlyDeviceException;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What changes a device. */
@ExtendWith(Seeded.class)
class WriteCommandTest {

    private static final int SIZE = 4 << 20;
    private static final int EPERM = 1;
    private static final int EIO = 5;
    private static final int EINVAL = 22;
    private static final int ENOSPC = 28;
    private static final int ENOTSUP = 95;

    private static final ByteBuffer ZEROS = ByteBuffer.allocate(SIZE);

    @TempDir
    Path folder;

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void anyByteRangeCanBeWrittenAndZeroed(Random random) throws IOException {
        MemoryDisk disk = new MemoryDisk(SIZE);
        byte[] model = new byte[SIZE];
        try (Served server = Served.unix(folder, disk);
                NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            for (int i = 0; i < 400; i++) {
                NbdClient client = random.nextBoolean() ? structured : simple;
                int length = 1 + (random.nextInt(SIZE) >>> random.nextInt(22));
                int offset = random.nextInt(SIZE - length + 1);
                if (random.nextInt(4) == 0) {
                    Arrays.fill(model, offset, offset + length, (byte) 0);
                    int flags = random.nextBoolean() ? NbdClient.NO_HOLE : 0;
                    assertEquals(0, client.call(flags, NbdClient.WRITE_ZEROES, offset, length).errorCode);
                } else {
                    byte[] data = random(random, length);
                    System.arraycopy(data, 0, model, offset, length);
                    assertEquals(0, client.write(0, offset, ByteBuffer.wrap(data)).errorCode);
                }
            }
        }
        assertArrayEquals(model, disk.content.copy(0, SIZE));
    }

    /** Four clients share every sector: each has 128 bytes of it. */
    @Test
    void writesOfPartsOfOneSectorDoNotUndoEachOther(Random random) throws Exception {
        MemoryDisk disk = new MemoryDisk(SIZE);
        long seed = random.nextLong();
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try (Served server = Served.unix(folder, disk)) {
            List<Callable<Void>> writers = IntStream.range(0, 4)
                    .<Callable<Void>>mapToObj(i -> () -> writeQuarters(server, i, new Random(seed + i)))
                    .toList();
            for (Future<Void> result : clients.invokeAll(writers)) {
                result.get();
            }
        } finally {
            clients.shutdown();
        }
        byte[] all = disk.content.copy(0, 64 * 512);
        for (int at = 0; at < all.length; at++) {
            assertEquals(at / 128 % 4 + 1, all[at], "byte " + at);
        }
    }

    private static Void writeQuarters(Served server, int quarter, Random random) throws IOException {
        byte[] data = new byte[128];
        Arrays.fill(data, (byte) (quarter + 1));
        try (NbdClient client = NbdClient.structured(server.address)) {
            for (int sector : random.ints(0, 64).distinct().limit(64).toArray()) {
                int at = sector * 512 + quarter * 128;
                assertEquals(0, client.write(0, at, ByteBuffer.wrap(data)).errorCode);
                assertArrayEquals(data, client.read(at, 128));
            }
        }
        return null;
    }

    @Test
    void trimZeroesWholeSectorsAndLeavesTheRest() throws IOException {
        MemoryDisk disk = new MemoryDisk(SIZE);
        byte[] ones = new byte[4096];
        Arrays.fill(ones, (byte) 1);
        disk.content.write(0, ones);
        try (Served server = Served.unix(folder, disk);
                NbdClient client = NbdClient.structured(server.address)) {
            assertEquals(0, client.call(0, NbdClient.TRIM, 500, 1000).errorCode);
            assertEquals(0, client.call(0, NbdClient.TRIM, 2000, 100).errorCode);
        }
        Arrays.fill(ones, 512, 1024, (byte) 0);
        assertArrayEquals(ones, disk.content.copy(0, 4096));
    }

    @Test
    void zeroesTakeNoSpaceUnlessToldTo() throws IOException {
        MemoryDisk disk = new MemoryDisk(SIZE);
        try (Served server = Served.unix(folder, disk);
                NbdClient client = NbdClient.structured(server.address)) {
            assertEquals(0, client.call(NbdClient.FAST_ZERO, NbdClient.WRITE_ZEROES, 0, SIZE / 2).errorCode);
            assertEquals(0, client.call(NbdClient.NO_HOLE, NbdClient.WRITE_ZEROES, SIZE / 2, SIZE / 2).errorCode);
            List<long[]> extents = client.call(0, NbdClient.BLOCK_STATUS, 0, SIZE).extents;
            assertArrayEquals(new long[] {SIZE / 2, 2}, extents.get(0));
            assertArrayEquals(new long[] {SIZE / 2, 0}, extents.get(1));
            int both = NbdClient.FAST_ZERO | NbdClient.NO_HOLE;
            assertEquals(ENOTSUP, client.call(both, NbdClient.WRITE_ZEROES, 0, 512).errorCode);
            assertArrayEquals(
                    new long[] {SIZE / 2, 2},
                    client.call(0, NbdClient.BLOCK_STATUS, 0, SIZE).extents.get(0));
        }
    }

    @Test
    void flushAndForcedWritesReachTheDevice() throws IOException {
        MemoryDisk disk = new MemoryDisk(SIZE);
        try (Served server = Served.unix(folder, disk);
                NbdClient client = NbdClient.structured(server.address)) {
            client.write(0, 0, ByteBuffer.allocate(512));
            assertEquals(0, disk.flushes.get());
            client.write(NbdClient.FUA, 0, ByteBuffer.allocate(300_000));
            assertEquals(1, disk.flushes.get());
            client.call(NbdClient.FUA, NbdClient.WRITE_ZEROES, 0, 512);
            client.call(NbdClient.FUA, NbdClient.TRIM, 0, 512);
            client.write(NbdClient.FUA, 0, ByteBuffer.allocate(0));
            assertEquals(4, disk.flushes.get());
            client.call(0, NbdClient.FLUSH, 0, 0);
            assertEquals(5, disk.flushes.get());
            assertEquals(0, client.call(NbdClient.FUA, NbdClient.READ, 0, 512).errorCode);
        }
    }

    @Test
    void flushIsAnsweredAfterTheDeviceIsFlushedAndNotBefore() throws Exception {
        CountDownLatch flushing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MemoryDisk disk = new MemoryDisk(SIZE) {
            @Override
            public void flush() throws IOException {
                flushing.countDown();
                ReadCommandTest.await(goOn);
            }
        };
        try (Served server = Served.unix(folder, disk);
                NbdClient client = NbdClient.structured(server.address)) {
            long flush = client.send(0, NbdClient.FLUSH, 0, 0);
            ReadCommandTest.await(flushing);
            long read = client.send(0, NbdClient.READ, 0, 512);
            assertEquals(read, client.receive().cookie());
            goOn.countDown();
            assertEquals(flush, client.receive().cookie());
        }
    }

    @Test
    void whatCannotBeIsRefusedAndTheConnectionGoesOn() throws IOException {
        MemoryDisk disk = new MemoryDisk(SIZE);
        try (Served server = Served.unix(folder, disk);
                NbdClient client = NbdClient.structured(server.address)) {
            assertEquals(ENOSPC, client.write(0, SIZE - 512, ByteBuffer.allocate(1024)).errorCode);
            assertEquals(ENOSPC, client.write(0, -512, ByteBuffer.allocate(1024)).errorCode);
            assertEquals(ENOSPC, client.write(0, Long.MAX_VALUE, ByteBuffer.allocate(1024)).errorCode);
            assertEquals(ENOSPC, client.call(0, NbdClient.WRITE_ZEROES, 512, 0xffff_ffffL).errorCode);
            assertEquals(EINVAL, client.call(0, NbdClient.TRIM, SIZE, 512).errorCode);
            assertEquals(EINVAL, client.write(NbdClient.NO_HOLE, 0, ByteBuffer.allocate(1024)).errorCode);
            assertEquals(EINVAL, client.call(NbdClient.DF, NbdClient.TRIM, 0, 512).errorCode);
            assertEquals(0, client.write(0, SIZE, ByteBuffer.allocate(0)).errorCode);
            assertArrayEquals(new byte[SIZE], disk.content.copy(0, SIZE));
        }
    }

    @Test
    void writeLongerThanTheLongestBlockIsSkippedAndRefused() throws IOException {
        MemoryDisk large = new MemoryDisk(SIZE) {
            @Override
            public long sizeBytes() {
                return 64 << 20;
            }
        };
        try (Served server = Served.unix(folder, large);
                NbdClient client = NbdClient.structured(server.address)) {
            long write = client.send(0, NbdClient.WRITE, 0, (32 << 20) + 1);
            for (int i = 0; i < 32; i++) {
                client.wire.send(ZEROS.duplicate().limit(1 << 20));
            }
            client.wire.send((byte) 0);
            NbdClient.Completed refused = client.receive();
            assertEquals(write, refused.cookie());
            assertEquals(EINVAL, refused.answer().errorCode);
            assertEquals(512, client.read(0, 512).length);
        }
    }

    @Test
    void failuresOfTheDeviceAreTold() throws IOException {
        AtomicReference<IOException> next = new AtomicReference<>();
        MemoryDisk disk = new MemoryDisk(SIZE) {
            @Override
            public void write(long offsetBytes, ByteBuffer src) throws IOException {
                if (offsetBytes >= SIZE / 2) {
                    throw next.get();
                }
                super.write(offsetBytes, src);
            }
        };
        try (Served server = Served.unix(folder, disk);
                NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            for (NbdClient client : List.of(structured, simple)) {
                next.set(new IOException("bad"));
                assertEquals(EIO, client.write(0, 0, ByteBuffer.allocate(SIZE)).errorCode);
                next.set(new NoSpaceException(new IOException("full")));
                assertEquals(ENOSPC, client.write(NbdClient.FUA, 0, ByteBuffer.allocate(SIZE)).errorCode);
                next.set(new ReadOnlyDeviceException("it"));
                assertEquals(EPERM, client.write(0, SIZE / 2 + 7, ByteBuffer.allocate(99)).errorCode);
                assertEquals(0, client.write(0, 0, ByteBuffer.allocate(512)).errorCode);
            }
            assertEquals(0, disk.flushes.get());
        }
    }

    /** The device takes nothing until so much is held that the server takes nothing either. */
    @RepeatedTest(20)
    void manyLongWritesAreHeldToTheBudget() throws Exception {
        int connections = 12;
        long budget = ServerLimits.MIN_SHARED_BYTES + (long) connections * (IncomingWrite.PIECE_BYTES + (2 << 20));
        AtomicLong peak = new AtomicLong();
        AtomicReference<Served> served = new AtomicReference<>();
        CountDownLatch goOn = new CountDownLatch(1);
        MemoryDisk disk = new MemoryDisk(SIZE) {
            @Override
            public void write(long offsetBytes, ByteBuffer src) throws IOException {
                peak.accumulateAndGet(served.get().heldBytes(), Math::max);
                ReadCommandTest.await(goOn);
                super.write(offsetBytes, src);
            }
        };
        ServerLimits limits = new ServerLimits(
                4, ServerLimits.MIN_SHARED_BYTES, connections, Duration.ofSeconds(10), Duration.ofSeconds(10));
        ExecutorService clients = Executors.newFixedThreadPool(connections);
        try (Served server = Served.unix(folder, disk, limits)) {
            served.set(server);
            List<Future<Void>> results = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                results.add(clients.submit(() -> writeFourTimes(server)));
            }
            while (server.heldBytes() < ServerLimits.MIN_SHARED_BYTES) {
                Thread.yield();
            }
            goOn.countDown();
            for (Future<Void> result : results) {
                result.get();
            }
        } finally {
            clients.shutdown();
        }
        assertTrue(peak.get() < budget, "held " + peak + " of " + budget);
    }

    private static Void writeFourTimes(Served server) throws IOException {
        try (NbdClient client = NbdClient.structured(server.address)) {
            for (int i = 0; i < 4; i++) {
                client.sendWrite(0, 0, ZEROS.duplicate());
            }
            for (int i = 0; i < 4; i++) {
                assertEquals(0, client.receive().answer().errorCode);
            }
        }
        return null;
    }

    @Test
    void clientThatLeavesInTheMiddleOfAWriteLeaksNothing(Random random) throws IOException {
        MemoryDisk disk = new MemoryDisk(SIZE);
        try (Served server = Served.unix(folder, disk);
                NbdClient witness = NbdClient.structured(server.address)) {
            for (int i = 0; i < 50; i++) {
                try (NbdClient client = NbdClient.structured(server.address)) {
                    client.send(0, NbdClient.WRITE, random.nextInt(5), 1 << 20);
                    client.wire.send(ByteBuffer.allocate(random.nextInt(1 << 20)));
                }
                assertEquals(0, witness.write(0, 0, ByteBuffer.allocate(512)).errorCode);
            }
        }
    }

    /** A client that does not take replies must be able to get its writes through all the same. */
    @Test
    void writesComeThroughThoughRepliesToReadsAreNotTaken(Random random) throws IOException {
        MemoryDisk disk = new MemoryDisk(MemoryDevice.random(random, SIZE, SIZE));
        disk.content.write(0, random(random, SIZE));
        byte[] data = random(random, 3 << 20);
        try (Served server = Served.unix(folder, disk);
                NbdClient client = NbdClient.structured(server.address)) {
            for (int i = 0; i < 40; i++) {
                client.send(0, NbdClient.READ, 0, 1 << 18);
            }
            client.sendWrite(0, 0, ByteBuffer.wrap(data));
            for (int i = 0; i < 41; i++) {
                assertEquals(0, client.receive().answer().errorCode);
            }
        }
        assertArrayEquals(data, disk.content.copy(0, data.length));
    }

    @Test
    void stoppingServerTakesTheRestOfAWriteItHasBegunToTake() throws Exception {
        MemoryDisk disk = new MemoryDisk(SIZE);
        byte[] data = new byte[SIZE];
        Arrays.fill(data, (byte) 9);
        Served server = Served.unix(folder, disk);
        try (NbdClient busy = NbdClient.structured(server.address);
                NbdClient idle = NbdClient.structured(server.address)) {
            long cookie = busy.send(0, NbdClient.WRITE, 0, SIZE);
            busy.wire.send(ByteBuffer.wrap(data, 0, SIZE / 2));
            while (disk.content.copy(0, 1)[0] != 9) {
                Thread.yield();
            }
            Thread closer = new Thread(server::close);
            closer.start();
            idle.wire.receiveToEnd();
            busy.wire.send(ByteBuffer.wrap(data, SIZE / 2, SIZE / 2));
            assertEquals(cookie, busy.receive().cookie());
            closer.join();
        }
        assertArrayEquals(data, disk.content.copy(0, SIZE));
    }
}
