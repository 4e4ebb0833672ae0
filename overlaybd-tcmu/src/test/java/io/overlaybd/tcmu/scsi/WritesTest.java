package io.overlaybd.tcmu.scsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.NoSpaceException;
import io.overlaybd.io.ReadOnlyDeviceException;
import io.overlaybd.testing.MemoryDevice;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class WritesTest {

    private static final int BLOCKS = 2048;

    private MemoryDevice memory;
    private WritableDisk device;
    private Initiator disk;
    private byte[] data;

    @BeforeEach
    void makeDisk(Random random) {
        memory = MemoryDevice.random(random, BLOCKS * 512, 40);
        device = new WritableDisk(memory);
        disk = new Initiator(device);
        data = new byte[512 * 512];
        random.nextBytes(data);
    }

    private byte[] data(int bytes) {
        return Arrays.copyOf(data, bytes);
    }

    private void assertRefused(Sense expected, String block, byte[] bytes) {
        assertEquals(Reply.check(expected), disk.sendData(block, bytes), block);
        assertEquals(List.of(), device.takeChanges(), block);
    }

    @Test
    void everyLengthOfCommandWrites() {
        for (String block : List.of(
                "0A 00 00 07 03 00",
                "2A 10 00000007 00 0003 00",
                "AA 00 00000007 00000003 00 00",
                "8A 00 0000000000000007 00000003 00 00")) {
            memory.zero(0, BLOCKS * 512);
            assertEquals(Reply.GOOD, disk.sendData(block, data(1536)), block);
            assertArrayEquals(data(1536), memory.copy(7 * 512, 1536), block);
            assertArrayEquals(new byte[512], memory.copy(10 * 512, 512), block);
            assertEquals(List.of("write 3584 1536"), device.takeChanges());
        }
    }

    @Test
    void forcedWriteIsFlushedBeforeItIsAnswered() {
        for (String block : List.of(
                "2A 08 00000000 00 0001 00",
                "AA 18 00000000 00000001 00 00",
                "8A 08 0000000000000000 00000001 00 00",
                "2E 00 00000000 00 0001 00",
                "AE 00 00000000 00000001 00 00",
                "8E 10 0000000000000000 00000001 00 00")) {
            assertEquals(Reply.GOOD, disk.sendData(block, data(512)), block);
            assertEquals(List.of("write 0 512", "flush"), device.takeChanges(), block);
        }
    }

    @Test
    void zeroBlocksOfWriteSixAreManyOfTheOthersNone() {
        assertEquals(Reply.GOOD, disk.sendData("0A 00 00 10 00 00", data(256 * 512)));
        assertArrayEquals(data(256 * 512), memory.copy(16 * 512, 256 * 512));
        device.takeChanges();
        assertEquals(Reply.GOOD, disk.sendData("2A 00 00000007 00 0000 00", data(512)));
        assertEquals(List.of(), device.takeChanges());
    }

    @Test
    void piecesOfAnyLengthAreWrittenInFewSteps(Random random) {
        for (int i = 0; i < 200; i++) {
            int lba = random.nextInt(BLOCKS - 300);
            int blocks = 1 + random.nextInt(299);
            int[] pieces =
                    random.ints(random.nextInt(40), 0, blocks * 512 / 40 + 1).toArray();
            byte[] bytes = new byte[blocks * 512 + random.nextInt(2) * 100];
            random.nextBytes(bytes);
            assertEquals(Reply.GOOD, disk.sendData(String.format("2A 00 %08x 00 %04x 00", lba, blocks), bytes, pieces));
            assertArrayEquals(Arrays.copyOf(bytes, blocks * 512), memory.copy(lba * 512L, blocks * 512));
            int steps = device.takeChanges().size();
            assertTrue(steps <= 2 * (blocks * 512 / 65536 + 1), steps + " writes of " + blocks + " blocks");
        }
    }

    @Test
    void nothingBeyondTheEndIsChanged() {
        String unmap = "0016 0010 00000000 00000000000007FF 00000002 00000000";
        assertRefused(Sense.LBA_OUT_OF_RANGE, "42 00 00000000 00 0018 00", Initiator.bytes(unmap));
        for (String block : List.of(
                "0A 00 07 FF 02 00",
                "2A 00 000007FF 00 0002 00",
                "2A 00 FFFFFFFF 00 FFFF 00",
                "AA 00 00000001 FFFFFFFF 00 00",
                "8A 00 8000000000000000 00000001 00 00",
                "8A 00 7FFFFFFFFFFFFFFF 7FFFFFFF 00 00",
                "2E 00 00000800 00 0001 00",
                "2F 00 00000800 00 0001 00",
                "35 00 00000800 00 0001 00",
                "41 00 000007FF 00 0002 00",
                "93 08 0000000000000001 00000800 00 00",
                "93 01 FFFFFFFFFFFFFFFF 00000001 00 00",
                "89 00 00000000000007FF 000000 02 00 00",
                "9E 12 0000000000000800 00000100 00 00")) {
            assertRefused(Sense.LBA_OUT_OF_RANGE, block, data(2048));
        }
    }

    @Test
    void whatIsNotUnderstoodIsRefused() {
        for (String block : List.of(
                "2A 20 00000000 00 0001 00",
                "2A 00 00000000 00 0005 00", // data for four
                "8A 00 0000000000000000 00000005 00 00",
                "2E 04 00000000 00 0001 00",
                "2F 04 00000000 00 0001 00",
                "2F 02 00000000 00 0005 00",
                "8F 00 0000000000000000 00020001 00 00",
                "89 20 0000000000000000 000000 01 00 00",
                "89 00 0000000000000000 000000 03 00 00",
                "41 10 00000000 00 0001 00",
                "41 01 00000000 00 0001 00",
                "41 00 00000000 00 0000 00",
                "93 00 0000000000000000 00000000 00 00",
                "93 08 0000000000000000 00040001 00 00",
                "93 20 0000000000000000 00000001 00 00",
                "42 01 00000000 00 0018 00")) {
            assertRefused(Sense.INVALID_FIELD_IN_CDB, block, data(2048));
        }
        assertRefused(Sense.INVALID_FIELD_IN_CDB, "41 00 00000000 00 0001 00", data(511));
    }

    @Test
    void cacheIsSynchronized() {
        for (String block : List.of("35 00 00000000 00 0000 00", "91 02 0000000000000000 00000800 00 00")) {
            assertEquals(Reply.GOOD, disk.send(block, 0));
            assertEquals(List.of("flush"), device.takeChanges());
        }
    }

    @Test
    void nothingIsWrittenOnTheThreadThatMustNotBlock() {
        for (String block : List.of(
                "0A 00 00 00 01 00",
                "2A 00 00000000 00 0001 00",
                "2E 00 00000000 00 0001 00",
                "2F 00 00000000 00 0001 00",
                "35 00 00000000 00 0001 00",
                "41 00 00000000 00 0001 00",
                "42 00 00000000 00 0018 00",
                "89 00 0000000000000000 000000 01 00 00")) {
            ScsiTask task = disk.task(block, ByteBuffer.wrap(new byte[1024]));
            assertFalse(task.tryExecute(), block);
            assertEquals(List.of(), device.takeChanges(), block);
        }
    }

    @Test
    void rangesAreUnmapped() {
        String list = "0036 0030 00000000 0000000000000005 00000002 00000000"
                + "0000000000000000 00000000 00000000 00000000000007FF 00000001 00000000";
        assertEquals(Reply.GOOD, disk.sendData("42 00 00000000 00 0038 00", list));
        assertEquals(List.of("discard 2560 1024", "discard 1048064 512"), device.takeChanges());
        assertArrayEquals(new byte[1024], memory.copy(5 * 512, 1024));
        assertEquals(Reply.GOOD, disk.sendData("42 00 00000000 00 0000 00", ""));
        assertEquals(Reply.GOOD, disk.sendData("42 00 00000000 00 0008 00", "0006 0000 00000000"));
        String nothingAtTheEnd = "0016 0010 00000000 0000000000000800 00000000 00000000";
        assertEquals(Reply.GOOD, disk.sendData("42 00 00000000 00 0018 00", nothingAtTheEnd));
        assertEquals(List.of(), device.takeChanges());
    }

    @Test
    void noBlocksRightBehindTheLastAreNothingToUnmap() {
        String none = "0016 0010 00000000 0000000000000800 00000000 00000000";
        assertEquals(Reply.GOOD, disk.sendData("42 00 00000000 00 0018 00", none));
        assertRefused(Sense.LBA_OUT_OF_RANGE, "42 00 00000000 00 0018 00", Initiator.bytes(none.replace("800", "801")));
    }

    @Test
    void listOfRangesThatContradictsItselfIsRefused() {
        String range = "0000000000000005 00000002 00000000";
        for (String list : List.of("0016 0010", "0017 0010 00000000" + range, "0016 0020 00000000" + range)) {
            byte[] bytes = Initiator.bytes(list);
            assertRefused(Sense.PARAMETER_LIST_LENGTH, String.format("42 00 00000000 00 %04x 00", bytes.length), bytes);
        }
        assertRefused(
                Sense.PARAMETER_LIST_LENGTH,
                "42 00 00000000 00 0018 00",
                Initiator.bytes("0016 000F 00000000" + range));
        assertRefused(Sense.PARAMETER_LIST_LENGTH, "42 00 00000000 00 0019 00", data(24));
    }

    @Test
    void moreRangesThanTheLimitsSayAreRefused() {
        String list = "1016 1010 00000000" + "0000000000000005 00000001 00000000".repeat(257);
        assertRefused(Sense.INVALID_FIELD_IN_PARAMETERS, "42 00 00000000 00 1018 00", Initiator.bytes(list));
    }

    @Test
    void sameBlockIsWrittenToAll() {
        byte[] block = data(512);
        assertEquals(Reply.GOOD, disk.sendData("41 00 00000010 00 0200 00", block));
        for (int i = 16; i < 16 + 512; i++) {
            assertArrayEquals(block, memory.copy(i * 512L, 512));
        }
        assertEquals(4, device.takeChanges().size(), "64 KiB at a time");
        assertEquals(Reply.GOOD, disk.sendData("93 08 0000000000000010 00000003 00 00", block));
        assertEquals(List.of("write 8192 1536"), device.takeChanges(), "unmapped blocks would not read as this");
    }

    @Test
    void zerosAreDiscarded() {
        for (String block : List.of(
                "41 00 00000010 00 0003 00",
                "41 08 00000010 00 0003 00",
                "93 00 0000000000000010 00000003 00 00",
                "93 08 0000000000000010 00000003 00 00")) {
            assertEquals(Reply.GOOD, disk.sendData(block, new byte[512]), block);
            assertEquals(List.of("discard 8192 1536"), device.takeChanges(), block);
        }
        for (String block : List.of("93 01 0000000000000010 00000003 00 00", "93 09 0000000000000010 00000003 00 00")) {
            assertEquals(Reply.GOOD, disk.send(block, 0), block);
            assertEquals(List.of("discard 8192 1536"), device.takeChanges(), block);
        }
    }

    @Test
    void comparedBlocksAreWritten() {
        byte[] both = data(2048);
        System.arraycopy(memory.copy(3 * 512, 1024), 0, both, 0, 1024);
        assertEquals(Reply.GOOD, disk.sendData("89 08 0000000000000003 000000 02 00 00", both, 100, 1000));
        assertArrayEquals(Arrays.copyOfRange(both, 1024, 2048), memory.copy(3 * 512, 1024));
        assertEquals(List.of("write 1536 1024", "flush"), device.takeChanges());
        assertEquals(Reply.GOOD, disk.send("89 00 0000000000000003 000000 00 00 00", 0));
        assertEquals(
                Reply.check(Sense.INVALID_FIELD_IN_CDB), disk.sendData("89 00 0000000000000003 000000 00 00 00", both));
    }

    @Test
    void differentBlocksAreLeftAndTheDifferenceIsTold() {
        byte[] both = data(2048);
        System.arraycopy(memory.copy(3 * 512, 1024), 0, both, 0, 1024);
        both[777] ^= 1;
        Reply reply = disk.sendData("89 00 0000000000000003 000000 02 00 00", both);
        assertEquals(Reply.miscompare(777), reply);
        assertEquals(List.of(), device.takeChanges());
        assertArrayEquals(Initiator.bytes("F0 00 0E 00 00 03 09 0A 00 00 00 00 1D 00 00 00 00 00"), reply.fixedSense());
    }

    @Test
    void countersThatAreComparedAndWrittenByManyLoseNothing() throws Exception {
        memory.zero(0, 512);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            Callable<Void> counter = () -> {
                Initiator own = disk.another();
                for (int count = 0; count < 200; ) {
                    ByteBuffer both = ByteBuffer.allocate(1024);
                    own.send("28 00 00000000 00 0001 00", 512);
                    both.put(own.received()).put(own.received()).putInt(512, both.getInt(0) + 1);
                    count += own.sendData("89 00 0000000000000000 000000 01 00 00", both.array()) == Reply.GOOD ? 1 : 0;
                }
                return null;
            };
            for (Future<Void> done : pool.invokeAll(List.of(counter, counter, counter, counter))) {
                done.get();
            }
        } finally {
            pool.shutdown();
        }
        assertEquals(800, ByteBuffer.wrap(memory.copy(0, 4)).getInt());
    }

    @Test
    void verifyComparesAsItIsAsked() {
        byte[] content = memory.copy(8 * 512, 200 * 512);
        assertEquals(Reply.GOOD, disk.sendData("2F 00 00000008 00 00C8 00", new byte[0]));
        assertEquals(Reply.GOOD, disk.sendData("2F 12 00000008 00 00C8 00", content, 4000, 33));
        assertEquals(Reply.GOOD, disk.sendData("8F 02 0000000000000008 000000C8 00 00", content));
        content[70_000] ^= 4;
        assertEquals(Reply.miscompare(70_000), disk.sendData("AF 02 00000008 000000C8 00 00", content));
        memory.zero(8 * 512, 200 * 512);
        assertEquals(Reply.GOOD, disk.sendData("2F 06 00000008 00 00C8 00", new byte[512]));
        memory.write(150 * 512, data(512));
        assertEquals(Reply.miscompare(142 * 512), disk.sendData("2F 06 00000008 00 00C8 00", new byte[512]));
        assertEquals(Reply.GOOD, disk.sendData("2F 06 00000008 00 0000 00", new byte[0]));
    }

    @Test
    void writtenBlocksAreVerified() {
        assertEquals(Reply.GOOD, disk.sendData("8E 02 0000000000000008 00000004 00 00", data(2048), 700));
        assertArrayEquals(data(2048), memory.copy(8 * 512, 2048));
    }

    @Test
    void statusOfBlocksIsTold() {
        memory.zero(0, BLOCKS * 512);
        memory.write(4 * 512, data(1024));
        disk.assertAnswer(
                "00000034 00000000 0000000000000003 00000001 01000000 0000000000000004 00000002 00000000"
                        + "0000000000000006 000007FA 01000000",
                "9E 12 0000000000000003 00000100 00 00");
        disk.assertAnswer(
                "00000014 00000000 0000000000000005 00000001 00000000", "9E 12 0000000000000005 00000018 00 00");
        disk.assertAnswer("00000014", "9E 12 0000000000000005 00000004 00 00");
    }

    @Test
    void eachFailureHasItsSense() {
        Map<IOException, Sense> senses = Map.of(
                new NoSpaceException(new IOException("/upper: No space left on device")),
                Sense.SPACE_ALLOCATION_FAILED,
                new IOException("/upper: Input/output error"),
                Sense.WRITE_ERROR,
                new ReadOnlyDeviceException("disk"),
                Sense.WRITE_PROTECTED,
                new ClosedChannelException(),
                Sense.NOT_READY);
        String unmap = "0016 0010 00000000 0000000000000000 00000002 00000000";
        senses.forEach((failure, sense) -> {
            device.failWith(failure);
            assertEquals(Reply.check(sense), disk.sendData("2A 00 00000000 00 0001 00", data(512)));
            assertEquals(Reply.check(sense), disk.sendData("41 00 00000000 00 0001 00", data(512)));
            assertEquals(Reply.check(sense), disk.sendData("42 00 00000000 00 0018 00", unmap));
            assertEquals(Reply.check(sense), disk.send("35 00 00000000 00 0001 00", 0));
            byte[] both = data(1024);
            System.arraycopy(memory.copy(0, 512), 0, both, 0, 512);
            assertEquals(Reply.check(sense), disk.sendData("89 00 0000000000000000 000000 01 00 00", both));
        });
        assertArrayEquals(
                Initiator.bytes("70 00 07 00 00 00 00 0A 00 00 00 00 27 07 00 00 00 00"),
                Sense.SPACE_ALLOCATION_FAILED.fixedFormat());
    }

    @Test
    void diskSaysThatItCanBeWritten() {
        assertEquals(0x10, disk.answer("1A 08 08 00 FF 00")[2], "not write-protected; FUA is understood");
        assertEquals(4, disk.answer("1A 08 08 00 FF 00")[4 + 2], "a write cache");
        assertEquals(0, disk.answer("1A 08 48 00 FF 00")[4 + 2], "that cannot be switched off");
        assertEquals((byte) 0xC0, disk.answer("9E 10 0000000000000000 000000FF 00 00")[14]);
        disk.assertAnswer("00 B2 0004 00 E4 02 00", "12 01 B2 00 FF 00");
        disk.assertAnswer(
                "00 B0 003C 01 FF 0000 00000400 00000400 00000000 00100000 00000100 00000008 80000000"
                        + "0000000000040000" + "00".repeat(20),
                "12 01 B0 00 FF 00");
    }

    @Test
    void writeCacheCannotBeSwitchedOff() {
        String caching = "08 12 04" + "00".repeat(17);
        assertEquals(Reply.GOOD, disk.sendData("15 10 00 00 18 00", "00 00 00 00" + caching));
        assertEquals(
                Reply.check(Sense.INVALID_FIELD_IN_PARAMETERS),
                disk.sendData("15 10 00 00 18 00", "00 00 00 00 08 12" + "00".repeat(18)));
    }

    @Test
    void supportedCommandsAreThoseOfTheTable() {
        for (String command : List.of("0A", "2A", "8A", "AA", "2E", "8E", "AE", "2F", "89", "41", "93", "42", "35")) {
            assertEquals(3, disk.answer("A3 0C 01 " + command + " 0000 000000FF 00 00")[1], command);
        }
        assertEquals(4 + 16, disk.answer("A3 0C 02 9E 0012 000000FF 00 00").length);
    }
}
