package io.overlaybd.tcmu.scsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class ReadsTest {

    private static final int BLOCKS = 2048;

    private MemoryDevice device;
    private Initiator disk;

    @BeforeEach
    void makeDisk(Random random) {
        device = MemoryDevice.random(random, BLOCKS * 512, 40);
        disk = new Initiator(device);
    }

    @Test
    void everyLengthOfCommandReads() {
        for (String block : List.of(
                "08 00 00 07 03 00",
                "28 00 00000007 00 0003 00",
                "A8 00 00000007 00000003 00 00",
                "88 00 0000000000000007 00000003 00 00")) {
            assertEquals(Reply.good(1536), disk.send(block, 1536), block);
            assertArrayEquals(device.copy(7 * 512, 1536), disk.received(), block);
        }
    }

    @Test
    void addressesBeyondThirtyTwoBitsAreReached() {
        Initiator huge = new Initiator(new HugeDevice(1L << 50));
        assertEquals(Reply.good(512), huge.send("88 00 0000012345678901 00000001 00 00", 512));
        assertEquals(0x12345678901L * 512, ByteBuffer.wrap(huge.received()).getLong());
        huge.send("28 00 FFFFFFFF 00 0001 00", 512);
        assertEquals(0xFFFFFFFFL * 512, ByteBuffer.wrap(huge.received()).getLong());
    }

    @Test
    void zeroBlocksOfReadSixAreMany() {
        assertEquals(Reply.good(256 * 512), disk.send("08 00 00 10 00 00", 256 * 512));
        assertArrayEquals(device.copy(16 * 512, 256 * 512), disk.received());
    }

    @Test
    void zeroBlocksOfTheOthersAreNone() {
        assertEquals(Reply.GOOD, disk.send("28 00 00000007 00 0000 00", 0));
        assertEquals(Reply.GOOD, disk.send("88 00 0000000000000007 00000000 00 00", 512));
        assertArrayEquals(new byte[512], disk.received());
    }

    @Test
    void theShorterOfCommandAndBufferCounts() {
        assertEquals(Reply.good(1024), disk.send("28 00 00000003 00 0002 00", 4096));
        assertArrayEquals(device.copy(3 * 512, 1024), Arrays.copyOf(disk.received(), 1024));
        assertArrayEquals(new byte[3072], Arrays.copyOfRange(disk.received(), 1024, 4096));
        assertEquals(Reply.good(700), disk.send("28 00 00000003 00 0002 00", 700));
        assertArrayEquals(device.copy(3 * 512, 700), disk.received());
    }

    @Test
    void nothingBeyondTheEndIsRead() {
        assertEquals(Status.GOOD, disk.send("28 00 000007FF 00 0001 00", 512).status());
        for (String block : List.of(
                "28 00 000007FF 00 0002 00",
                "28 00 00000800 00 0001 00",
                "28 00 00000800 00 0000 00",
                "28 00 FFFFFFFF 00 FFFF 00",
                "08 1F FF FF 01 00",
                "A8 00 00000001 FFFFFFFF 00 00",
                "88 00 FFFFFFFFFFFFFFFF 00000001 00 00",
                "88 00 7FFFFFFFFFFFFFFF 7FFFFFFF 00 00",
                "88 00 8000000000000000 00000001 00 00",
                "35 00 00000800 00 0001 00",
                "91 00 0000000000000001 00000800 00 00")) {
            disk.assertRefused(Sense.LBA_OUT_OF_RANGE, block);
        }
    }

    @Test
    void cachesAreBypassedAndKeptAsAskedForButNothingIsProtected() {
        assertEquals(Status.GOOD, disk.send("28 18 00000000 00 0001 00", 512).status());
        disk.assertRefused(Sense.INVALID_FIELD_IN_CDB, "28 20 00000000 00 0001 00");
        assertEquals(Status.GOOD, disk.send("08 E0 00 00 01 00", 512).status());
    }

    @Test
    void nothingIsDirty() {
        assertEquals(Reply.GOOD, disk.send("35 00 00000000 00 0000 00", 0));
        assertEquals(Reply.GOOD, disk.send("91 02 0000000000000000 00000800 00 00", 0));
    }

    @Test
    void everythingThatWritesIsRefused() {
        byte[] before = device.copy(0, BLOCKS * 512);
        for (String block : List.of(
                "0A 00 00 00 01 00",
                "2A 00 00000000 00 0001 00",
                "AA 00 00000000 00000001 00 00",
                "8A 00 0000000000000000 00000001 00 00",
                "41 08 00000000 00 0001 00",
                "93 00 0000000000000000 00000001 00 00",
                "42 00 00 00 00 00 00 0018 00",
                "89 00 0000000000000000 000000 01 00 00",
                "2E 00 00000000 00 0001 00",
                "8E 02 0000000000000000 00000001 00 00",
                "AE 00 00000000 00000001 00 00")) {
            disk.assertRefused(Sense.WRITE_PROTECTED, block);
        }
        assertArrayEquals(before, device.copy(0, BLOCKS * 512));
    }

    @Test
    void anyReadIsThatOfTheDevice(Random random) {
        for (int i = 0; i < 200; i++) {
            int lba = random.nextInt(BLOCKS);
            int blocks = random.nextInt(Math.min(300, BLOCKS - lba) + 1);
            String block = String.format("28 00 %08x 00 %04x 00", lba, blocks);
            assertEquals(Reply.good(blocks * 512), disk.send(block, blocks * 512));
            assertArrayEquals(device.copy(lba * 512L, blocks * 512), disk.received());
        }
    }

    /** Does not block for the first reads of each command. */
    private static final class Hesitating implements BlockDevice {
        private final MemoryDevice device;
        private int ready;

        Hesitating(MemoryDevice device, int ready) {
            this.device = device;
            this.ready = ready;
        }

        @Override
        public String name() {
            return device.name();
        }

        @Override
        public long sizeBytes() {
            return device.sizeBytes();
        }

        @Override
        public void read(long offsetBytes, ByteBuffer dst) throws IOException {
            device.read(offsetBytes, dst);
        }

        @Override
        public boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
            return ready-- > 0 && device.tryRead(offsetBytes, dst);
        }

        @Override
        public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) {}

        @Override
        public void close() {}
    }

    @Test
    void readThatWouldBlockGoesOnWhereItStopped() {
        for (int ready = 0; ready <= 3; ready++) {
            byte[] received = new byte[1536];
            ByteBuffer all = ByteBuffer.wrap(received);
            ScsiTask task = new Initiator(new Hesitating(device, ready))
                    .task("28 00 00000005 00 0003 00", all.slice(0, 512), all.slice(512, 7), all.slice(519, 1017));
            assertEquals(ready == 3, task.tryExecute());
            if (ready < 3) {
                assertEquals(Reply.good(1536), task.execute());
            }
            assertArrayEquals(device.copy(5 * 512, 1536), received);
        }
    }

    @Test
    void eachFailureHasItsSense() {
        Map<Throwable, Reply> replies = new HashMap<>();
        replies.put(new IOException("registry: no answer"), Reply.check(Sense.READ_ERROR));
        replies.put(new CorruptFormatException("layer", 8, "bad crc"), Reply.check(Sense.READ_ERROR));
        replies.put(new ClosedChannelException(), Reply.check(Sense.NOT_READY));
        replies.put(new IllegalStateException("defect"), Reply.check(Sense.INTERNAL_FAILURE));
        replies.put(new InternalError("page"), Reply.check(Sense.INTERNAL_FAILURE));
        replies.put(new OutOfMemoryError("test"), Reply.TASK_SET_FULL);
        replies.forEach((failure, expected) -> assertEquals(
                expected, new Initiator(new FailingDevice(failure)).send("28 00 00000000 00 0001 00", 512)));
    }

    /** Fails as it is told. */
    private record FailingDevice(Throwable failure) implements BlockDevice {

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public long sizeBytes() {
            return 4096;
        }

        @Override
        public void read(long offsetBytes, ByteBuffer dst) throws IOException {
            if (failure instanceof IOException io) {
                throw io;
            }
            if (failure instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw (Error) failure;
        }

        @Override
        public void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) {}

        @Override
        public void close() {}
    }

    @Test
    void senseIsInFixedFormat() {
        assertArrayEquals(
                Initiator.bytes("70 00 07 00 00 00 00 0A 00 00 00 00 27 00 00 00 00 00"),
                Sense.WRITE_PROTECTED.fixedFormat());
    }

    /** Any block whatsoever, with any buffers, has an answer. */
    @Test
    void noBlockDoesHarm(Random random) {
        ScsiTask task = new ScsiTask();
        LogicalUnit readOnly = new LogicalUnit(device, "12", "", 4096);
        LogicalUnit writable = new LogicalUnit(new WritableDisk(device), "12", "", 4096);
        for (int i = 0; i < 20_000; i++) {
            LogicalUnit unit = random.nextBoolean() ? readOnly : writable;
            ScsiTable table = ScsiTable.of(unit);
            byte[] block = new byte[random.nextInt(33)];
            random.nextBytes(block);
            if (block.length > 0 && random.nextBoolean()) {
                block[0] = (byte)
                        table.rows().get(random.nextInt(table.rows().size())).opcode();
            }
            ByteBuffer[] data = new ByteBuffer[random.nextInt(3)];
            Arrays.setAll(data, n -> ByteBuffer.allocate(random.nextInt(1500)));
            task.begin(unit, block, block.length, data);
            Reply reply = task.execute();
            assertFalse(reply.sense() == Sense.INTERNAL_FAILURE, () -> Arrays.toString(block));
        }
    }
}
