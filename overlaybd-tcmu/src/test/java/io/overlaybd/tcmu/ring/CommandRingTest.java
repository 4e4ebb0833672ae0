package io.overlaybd.tcmu.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.tcmu.ring.FakeKernelRing.Result;
import io.overlaybd.testing.ResidentMemory;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class CommandRingTest {

    private static final int RING_BYTES = 1024;
    private static final int DATA_BYTES = 8192;
    private static final int MANY = 1000;
    private static final byte[] READ_10 = {0x28, 0, 0, 0, 0, 7, 0, 0, 1, 0};
    private static final byte[] NO_SENSE = new byte[0];

    private FakeKernelRing kernel;

    /** Keeps what it takes. */
    private static final class Kept implements CommandRing.Taker {
        private final List<RingCommand> commands = new ArrayList<>();
        private final List<CorruptFormatException> defects = new ArrayList<>();

        @Override
        public void take(RingCommand command) {
            commands.add(command);
        }

        @Override
        public void takeDefect(RingCommand command, CorruptFormatException defect) {
            commands.add(command);
            defects.add(defect);
        }
    }

    @BeforeEach
    void makeRing() throws IOException {
        kernel = new FakeKernelRing(RING_BYTES, DATA_BYTES);
    }

    @AfterEach
    void unmap() {
        kernel.close();
    }

    private CommandRing open() throws CorruptFormatException {
        return CommandRing.open("uio7", kernel.region());
    }

    private static Kept fetch(CommandRing ring) throws CorruptFormatException {
        Kept kept = new Kept();
        ring.fetch(kept, MANY);
        return kept;
    }

    @Test
    void commandIsCopiedOutWithItsData() throws IOException {
        CommandRing ring = open();
        kernel.submit(9, READ_10, 512, 100, 4096, 3);
        kernel.raw().put(kernel.dataOffset() + 4098, (byte) 77);
        RingCommand command = fetch(ring).commands.get(0);
        assertArrayEquals(READ_10, Arrays.copyOf(command.block(), READ_10.length));
        assertEquals(2, command.data().length);
        assertEquals(100, command.data()[0].remaining());
        assertEquals(16, command.blockBytes(), "to the end of the entry");
        assertEquals(77, command.data()[1].slice().get(2));
        command.data()[0].put((byte) 5);
        assertEquals(5, kernel.raw().get(kernel.dataOffset() + 512));
    }

    @Test
    void answersComeInAnyOrder() throws IOException {
        CommandRing ring = open();
        for (int id = 1; id <= 4; id++) {
            kernel.submit(id, READ_10);
        }
        List<RingCommand> commands = fetch(ring).commands;
        for (int id : new int[] {3, 1, 4, 2}) {
            ring.answer(commands.get(id - 1), id * 2, new byte[0], 0);
        }
        assertTrue(ring.publish());
        kernel.kick();
        assertEquals(List.of(2, 4, 6, 8), statuses(kernel.takeResults()));
        assertTrue(kernel.isIdle());
        assertEquals(0, ring.underWay());
    }

    private static List<Integer> statuses(Map<Integer, Result> results) {
        return results.values().stream().map(Result::status).toList();
    }

    @Test
    void nothingShowsBeforeItIsPublishedAndOneKickShowsAll() throws IOException {
        CommandRing ring = open();
        kernel.submit(1, READ_10);
        kernel.submit(2, READ_10);
        List<RingCommand> commands = fetch(ring).commands;
        ring.answer(commands.get(1), 0, NO_SENSE, 0);
        kernel.kick();
        assertTrue(kernel.takeResults().isEmpty());
        ring.answer(commands.get(0), 0, NO_SENSE, 0);
        assertTrue(ring.publish());
        assertFalse(ring.publish());
        kernel.kick();
        assertEquals(2, kernel.takeResults().size());
    }

    @Test
    void commandIsAnsweredOnce() throws IOException {
        CommandRing ring = open();
        kernel.submit(1, READ_10);
        RingCommand command = fetch(ring).commands.get(0);
        ring.answer(command, 0, NO_SENSE, 0);
        assertThrows(IllegalStateException.class, () -> ring.answer(command, 0, NO_SENSE, 0));
        assertEquals(0, ring.underWay());
    }

    @Test
    void senseIsFollowedByZeros() throws IOException {
        CommandRing ring = open();
        kernel.submit(1, new byte[16], 0, 512, 1024, 512, 2048, 512, 4096, 512);
        byte[] sense = {0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24};
        ring.answer(fetch(ring).commands.get(0), 2, sense, 0);
        ring.publish();
        kernel.kick();
        Result result = kernel.takeResults().get(1);
        assertEquals(2, result.status());
        assertArrayEquals(Arrays.copyOf(sense, 96), result.sense());
    }

    @Test
    void shortReadIsToldIfTheKernelListens() throws IOException {
        for (int flags : new int[] {0xF, 0xD}) {
            kernel.raw().putShort(2, (short) flags);
            CommandRing ring = open();
            kernel.submit(1, READ_10, 0, 4096);
            kernel.submit(2, READ_10, 0, 36);
            for (RingCommand command : fetch(ring).commands) {
                ring.answer(command, 0, new byte[0], 36);
            }
            ring.publish();
            kernel.kick();
            Map<Integer, Result> results = kernel.takeResults();
            boolean listens = flags == 0xF;
            assertEquals(listens ? 2 : 0, results.get(1).flags());
            assertEquals(listens ? 36 : 0, results.get(1).readLength());
            assertEquals(0, results.get(2).flags(), "all that there was room for is not short");
        }
    }

    @Test
    void flagsOfTheEntryBeforeAreNotLeftBehind() throws IOException {
        CommandRing ring = open();
        kernel.submit(1, READ_10, 0, 4096);
        kernel.raw().put(FakeKernelRing.RING_OFFSET + 7, (byte) 7);
        ring.answer(fetch(ring).commands.get(0), 0, NO_SENSE, 0);
        ring.publish();
        kernel.kick();
        assertEquals(0, kernel.takeResults().get(1).flags());
    }

    @Test
    void othersArePassedWithoutAnAnswerAndUnknownOnesMarked() throws IOException {
        CommandRing ring = open();
        kernel.submitOther(2, 48);
        kernel.submitOther(5, 16);
        kernel.submit(1, READ_10);
        kernel.submitOther(0, 8);
        Kept kept = fetch(ring);
        assertEquals(1, kept.commands.size());
        assertTrue(ring.publish(), "what stands before the command is passed at once");
        ring.answer(kept.commands.get(0), 0, NO_SENSE, 0);
        assertTrue(ring.publish());
        kernel.kick();
        assertEquals(List.of(0, 1, 0), kernel.flagsOfOthers());
        assertTrue(kernel.isIdle());
    }

    @Test
    void ringIsServedFromTheTailThatWasLeft() throws IOException {
        kernel.startAt(512);
        kernel.submit(1, READ_10);
        kernel.submit(2, READ_10);
        assertEquals(2, fetch(open()).commands.size());
    }

    @Test
    void fetchTakesNoMoreThanAskedFor() throws IOException {
        CommandRing ring = open();
        for (int id = 1; id <= 5; id++) {
            kernel.submit(id, READ_10);
        }
        Kept kept = new Kept();
        ring.fetch(kept, 2);
        assertEquals(2, kept.commands.size());
        assertTrue(ring.hasMore());
        ring.fetch(kept, 3);
        assertFalse(ring.hasMore());
        assertEquals(5, ring.underWay());
    }

    @Test
    void commandsThatComeWhileFetchingAreFetched() throws IOException {
        CommandRing ring = open();
        kernel.submit(1, READ_10);
        List<Integer> seen = new ArrayList<>();
        ring.fetch(
                new CommandRing.Taker() {
                    @Override
                    public void take(RingCommand command) {
                        seen.add(command.id());
                        if (command.id() < 4) {
                            kernel.submit(command.id() + 1, READ_10);
                        }
                    }

                    @Override
                    public void takeDefect(RingCommand command, CorruptFormatException defect) {
                        throw new AssertionError(defect);
                    }
                },
                MANY);
        assertEquals(List.of(1, 2, 3, 4), seen);
    }

    @Test
    void whatTheKernelHasLeftOfItsRingDoesNotCountAsOurs() throws IOException {
        int ringBytes = (5 << 20) + (320 << 10); // as no other mapping has
        try (FakeKernelRing large = new FakeKernelRing(ringBytes - FakeKernelRing.RING_OFFSET, 0)) {
            CommandRing ring = CommandRing.open("uio7", large.region());
            for (int id = 0; id < 3 * ringBytes / 128; id++) { // round more than twice
                assertTrue(large.submit(id & 0xFFFF, READ_10));
                ring.answer(fetch(ring).commands.get(0), 0, NO_SENSE, 0);
                assertTrue(ring.publish());
                large.kick();
            }
            assertTrue(large.isIdle());
            long resident = ResidentMemory.ofMapping(ringBytes);
            assertTrue(resident <= 300 << 10, () -> resident + " bytes of " + ringBytes);
        }
    }

    @Test
    void everyPlaceOfTheWrapServes() throws IOException {
        for (int start = 0; start < RING_BYTES; start += 8) {
            kernel.startAt(start);
            CommandRing ring = open();
            for (int round = 0; round < 20; round++) {
                serveRound(ring, round);
            }
            assertTrue(kernel.isIdle(), "from " + start);
        }
    }

    /** Three commands of other lengths each round; answered last first. */
    private void serveRound(CommandRing ring, int round) throws IOException {
        kernel.submit(1, new byte[6 + round % 11], 8 * round, 64);
        kernel.submit(2, READ_10, 0, 8, 16, 8, 32, 8, 48, 8, 64, 8 + round);
        kernel.submit(3, new byte[16]);
        List<RingCommand> commands = fetch(ring).commands;
        assertEquals(3, commands.size());
        for (int i = 2; i >= 0; i--) {
            ring.answer(commands.get(i), 2 * i, new byte[0], 0);
        }
        assertTrue(ring.publish());
        kernel.kick();
        assertEquals(List.of(0, 2, 4), statuses(kernel.takeResults()));
    }

    @Test
    void anySequenceIsAnsweredExactlyOnce(Random random) throws IOException {
        kernel.startAt(8 * random.nextInt(RING_BYTES / 8));
        CommandRing ring = open();
        List<RingCommand> open = new ArrayList<>();
        List<Integer> freeIds = new ArrayList<>();
        for (int id = 1; id <= 50; id++) {
            freeIds.add(id);
        }
        int submitted = 0;
        int answered = 0;
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> submitted += submitAny(random, freeIds);
                case 2 -> open.addAll(fetch(ring).commands);
                case 3 -> {
                    for (int i = random.nextInt(3); i > 0 && !open.isEmpty(); i--) {
                        RingCommand command = open.remove(random.nextInt(open.size()));
                        ring.answer(command, command.block()[0], new byte[0], 0);
                    }
                }
                default -> {
                    if (ring.publish()) {
                        kernel.kick();
                    }
                    for (Map.Entry<Integer, Result> result :
                            kernel.takeResults().entrySet()) {
                        assertEquals(
                                result.getKey().intValue(), result.getValue().status());
                        freeIds.add(result.getKey());
                        answered++;
                    }
                }
            }
        }
        assertEquals(kernel.pending(), submitted - answered);
        assertTrue(answered > 1000, "only " + answered + " answers");
    }

    private int submitAny(Random random, List<Integer> freeIds) {
        if (random.nextInt(8) == 0) {
            kernel.submitOther(random.nextBoolean() ? 2 : 0, 8 * (1 + random.nextInt(8)));
            return 0;
        }
        if (freeIds.isEmpty()) {
            return 0;
        }
        int id = freeIds.remove(random.nextInt(freeIds.size()));
        byte[] block = new byte[6 + random.nextInt(11)];
        block[0] = (byte) id;
        int[] data = new int[2 * random.nextInt(6)];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextInt(DATA_BYTES / 2);
        }
        boolean taken = kernel.submit(id, block, data);
        if (!taken) {
            freeIds.add(id);
        }
        return taken ? 1 : 0;
    }
}
