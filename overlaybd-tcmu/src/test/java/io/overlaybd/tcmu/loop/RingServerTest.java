package io.overlaybd.tcmu.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.tcmu.ring.CommandRing;
import io.overlaybd.tcmu.ring.FakeKernelRing;
import io.overlaybd.tcmu.ring.FakeKernelRing.Result;
import io.overlaybd.tcmu.scsi.LogicalUnit;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Loop and workers are queues here, so that the test says who runs when. */
@ExtendWith(Seeded.class)
class RingServerTest {

    private static final int SIZE = 64 * 1024;
    private static final int INLINE_BYTES = 512 * 1024;

    private final Deque<Runnable> loop = new ArrayDeque<>();
    private final Deque<Runnable> workers = new ArrayDeque<>();
    private final DeviceMeter meter = new DeviceMeter();
    private FakeKernelRing kernel;
    private MemoryDevice memory;
    private boolean blocking;
    private int kicks;
    private int broken;

    @BeforeEach
    void makeRing(Random random) throws IOException {
        kernel = new FakeKernelRing(4096, SIZE);
        memory = MemoryDevice.random(random, SIZE, 20);
    }

    @AfterEach
    void unmap() {
        kernel.close();
    }

    private RingServer serve() throws IOException {
        LogicalUnit unit = new LogicalUnit(new SometimesBlocking(), "1234", "", 65536);
        RingServer server = serve(this::kick);
        server.serveUnit(unit, meter);
        return server;
    }

    private RingServer serve(RingServer.Bell bell) throws IOException {
        CommandRing ring = CommandRing.open("uio1", kernel.region());
        return new RingServer("uio1", ring, bell, loop::add, workers::add, INLINE_BYTES, () -> broken++);
    }

    private void kick() {
        kicks++;
        kernel.kick();
    }

    /** Answers at once only if the test wants so. */
    private final class SometimesBlocking implements BlockDevice {
        @Override
        public String name() {
            return "sometimes blocking";
        }

        @Override
        public long sizeBytes() {
            return memory.sizeBytes();
        }

        @Override
        public void read(long offsetBytes, ByteBuffer dst) throws IOException {
            memory.read(offsetBytes, dst);
        }

        @Override
        public boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
            return !blocking && memory.tryRead(offsetBytes, dst);
        }

        @Override
        public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) {}

        @Override
        public void close() {}
    }

    private static byte[] read(int lba, int blocks) {
        return new byte[] {0x28, 0, 0, 0, 0, (byte) lba, 0, 0, (byte) blocks, 0};
    }

    private void assertData(int lba, int dataOffset, int bytes) {
        byte[] found = new byte[bytes];
        kernel.raw().get(kernel.dataOffset() + dataOffset, found);
        assertTrue(Arrays.equals(memory.copy(lba * 512L, bytes), found));
    }

    @Test
    void batchSharesAKick() throws IOException {
        RingServer server = serve();
        for (int id = 1; id <= 8; id++) {
            kernel.submit(id, read(id, 2), id * 1024, 1024);
        }
        server.serve();
        Map<Integer, Result> results = kernel.takeResults();
        assertEquals(8, results.size());
        assertEquals(1, kicks);
        for (int id = 1; id <= 8; id++) {
            assertEquals(0, results.get(id).status());
            assertData(id, id * 1024, 1024);
        }
        assertTrue(server.isIdle());
        server.serve();
        assertEquals(1, kicks, "nothing new, no kick");
    }

    @Test
    void whatIsServedAtOnceIsMeasuredByTheBatch() throws IOException {
        RingServer server = serve();
        kernel.submit(1, read(1, 2), 0, 1024);
        kernel.submit(2, read(200, 2), 1024, 1024); // beyond the end
        kernel.submit(3, read(3, 4), 2048, 2048);
        server.serve();
        assertEquals(3, meter.latencies(Kind.READ).count());
        assertEquals(3, meter.inlineReads());
        assertEquals(1024 + 2048, meter.bytes(Kind.READ));
        assertEquals(0, meter.pending().size());
    }

    @Test
    void whatWaitsIsUnderWayUntilItIsDone() throws IOException {
        RingServer server = serve();
        blocking = true;
        kernel.submit(1, read(1, 2), 0, 1024);
        server.serve();
        assertEquals(1, meter.pending().size());
        assertEquals(0, meter.latencies(Kind.READ).count());
        workers.remove().run();
        assertEquals(0, meter.pending().size());
        assertEquals(1, meter.latencies(Kind.READ).count());
        assertEquals(1024, meter.bytes(Kind.READ));
        assertEquals(0, meter.inlineReads());
        assertEquals(1, meter.recent().last(10).size());
    }

    @Test
    void servingLeavesNoGarbage() throws IOException {
        RingServer server = serve(() -> {});
        server.serveUnit(new LogicalUnit(memory, "1234", "", 65536), meter);
        com.sun.management.ThreadMXBean thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] small = read(3, 8);
        byte[] large = read(50, 2);
        long allocated = 0;
        for (int round = 0; round < 2000; round++) {
            kernel.submit(1, small, 0, 4096);
            kernel.submit(2, large, 8192, 1024);
            long before = thread.getCurrentThreadAllocatedBytes();
            server.serve();
            allocated += round < 10 ? 0 : thread.getCurrentThreadAllocatedBytes() - before;
            kernel.kick();
            assertEquals(2, kernel.takeResults().size());
        }
        long bytes = allocated;
        assertTrue(bytes < 4000, () -> bytes + " bytes for 3980 commands");
    }

    @Test
    void whatMayBlockHoldsUpNothing() throws IOException {
        RingServer server = serve();
        blocking = true;
        kernel.submit(1, read(3, 1), 0, 512);
        kernel.submit(2, new byte[6]);
        server.serve();
        assertEquals(Set.of(2), kernel.takeResults().keySet());
        assertFalse(server.isIdle());
        workers.remove().run();
        assertTrue(kernel.takeResults().isEmpty(), "the ring is the loop's");
        loop.remove().run();
        assertEquals(0, kernel.takeResults().get(1).status());
        assertData(3, 0, 512);
        assertTrue(server.isIdle());
    }

    @Test
    void workersThatFinishTogetherWakeTheLoopOnce() throws IOException {
        RingServer server = serve();
        blocking = true;
        for (int id = 1; id <= 5; id++) {
            kernel.submit(id, read(id, 1), id * 512, 512);
        }
        server.serve();
        workers.forEach(Runnable::run);
        assertEquals(1, loop.size());
        loop.remove().run();
        assertEquals(5, kernel.takeResults().size());
        assertEquals(1, kicks);
    }

    @Test
    void defectiveCommandIsAnswered() throws IOException {
        RingServer server = serve();
        kernel.submit(1, read(1, 1), SIZE, 512);
        kernel.submit(2, read(1, 1), 0, 512);
        server.serve();
        Map<Integer, Result> results = kernel.takeResults();
        assertEquals(2, results.get(1).status());
        assertEquals(4, results.get(1).sense()[2], "hardware error");
        assertEquals(0, results.get(2).status());
    }

    @Test
    void brokenRingIsLeftAloneAndToldOfOnce() throws IOException {
        RingServer server = serve();
        kernel.submit(1, new byte[6]);
        kernel.raw().putInt(FakeKernelRing.RING_OFFSET, 1);
        server.serve();
        server.serve();
        assertEquals(0, kicks);
        assertTrue(server.isIdle());
        assertEquals(1, broken);
    }

    @Test
    void withoutImageEverythingIsNotReady() throws IOException {
        RingServer server = serve(this::kick);
        kernel.submit(1, read(1, 1), 0, 512);
        server.serve();
        Result result = kernel.takeResults().get(1);
        assertEquals(2, result.status());
        assertEquals(2, result.sense()[2], "not ready");
        server.serveUnit(new LogicalUnit(memory, "1234", "", 65536), meter);
        kernel.submit(1, read(1, 1), 0, 512);
        server.serve();
        assertEquals(0, kernel.takeResults().get(1).status());
    }

    @Test
    void stoppedServerTouchesNothing() throws IOException {
        RingServer server = serve();
        blocking = true;
        kernel.submit(1, read(1, 1), 0, 512);
        server.serve();
        server.stop();
        workers.remove().run();
        loop.remove().run();
        assertTrue(kernel.takeResults().isEmpty());
        assertEquals(0, kicks);
    }

    @Test
    void commandsThatNeverEndLetOthersHaveTheLoop() throws IOException {
        kernel.submit(1, new byte[6]);
        RingServer server = serve(() -> {
            kick();
            kernel.submit(1, new byte[6]);
        });
        server.serve();
        assertEquals(1, loop.size());
        assertTrue(kicks <= 256);
    }

    @Test
    void longTransferIsTheWorkersEvenIfItWouldNotBlock() throws IOException {
        RingServer server = serve();
        int[] buffers = new int[2 * 9];
        for (int i = 0; i < 9; i++) {
            buffers[2 * i + 1] = SIZE;
        }
        kernel.submit(1, read(0, 128), buffers);
        kernel.submit(2, read(0, 128), Arrays.copyOf(buffers, 2 * 8));
        server.serve();
        assertEquals(Set.of(2), kernel.takeResults().keySet());
        workers.remove().run();
        loop.remove().run();
        assertEquals(Set.of(1), kernel.takeResults().keySet());
    }

    @Test
    void batchOfLongTransfersIsAnsweredBeforeItsEnd() throws IOException {
        RingServer server = serve();
        for (int id = 1; id <= 6; id++) {
            kernel.submit(id, read(0, 128), 0, SIZE, 0, SIZE, 0, SIZE, 0, SIZE, 0, SIZE, 0, SIZE, 0, SIZE, 0, SIZE);
        }
        server.serve();
        assertEquals(6, kernel.takeResults().size());
        assertEquals(3, kicks, "one for each mebibyte");
    }

    @Test
    void longTransfersLetOthersHaveTheLoopSooner() throws IOException {
        kernel.submit(1, read(0, 128), 0, SIZE);
        RingServer server = serve(() -> {
            kick();
            kernel.submit(1, read(0, 128), 0, SIZE);
        });
        server.serveUnit(new LogicalUnit(memory, "1234", "", 65536), meter);
        server.serve();
        assertEquals(1, loop.size());
        assertEquals(64, kicks, "four mebibytes");
    }

    @Test
    void anyLoadIsAnsweredWithTheRightBytes(Random random) throws IOException {
        RingServer server = serve();
        int answered = 0;
        boolean[] pending = new boolean[17];
        int[] lbas = new int[17];
        for (int step = 0; step < 5000; step++) {
            blocking = random.nextBoolean();
            int id = 1 + random.nextInt(16);
            int lba = random.nextInt(120);
            if (!pending[id] && kernel.submit(id, read(lba, 3), id * 2048, 700, id * 2048 + 700, 836)) {
                pending[id] = true;
                lbas[id] = lba;
            }
            switch (random.nextInt(3)) {
                case 0 -> server.serve();
                case 1 -> runOne(workers, random);
                default -> runOne(loop, random);
            }
            for (Map.Entry<Integer, Result> result : kernel.takeResults().entrySet()) {
                assertEquals(0, result.getValue().status());
                assertData(lbas[result.getKey()], result.getKey() * 2048, 1536);
                pending[result.getKey()] = false;
                answered++;
            }
        }
        assertTrue(answered > 500, "only " + answered);
    }

    private static void runOne(Deque<Runnable> tasks, Random random) {
        Runnable task = random.nextBoolean() ? tasks.pollFirst() : tasks.pollLast();
        if (task != null) {
            task.run();
        }
    }
}
