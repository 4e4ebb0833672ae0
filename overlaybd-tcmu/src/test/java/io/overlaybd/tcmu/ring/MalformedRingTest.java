package io.overlaybd.tcmu.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.sys.MappedRegion;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is in the ring is believed only as far as it can be true. */
@ExtendWith(Seeded.class)
class MalformedRingTest {

    private static final int RING_BYTES = 1024;
    private static final int DATA_BYTES = 8192;
    private static final int MAPPED_BYTES = 128 + RING_BYTES + DATA_BYTES;
    private static final int ENTRY = FakeKernelRing.RING_OFFSET;
    private static final byte[] SENSE = new byte[18];

    private FakeKernelRing kernel;
    private final List<RingCommand> taken = new ArrayList<>();
    private final List<String> defects = new ArrayList<>();

    private final CommandRing.Taker taker = new CommandRing.Taker() {
        @Override
        public void take(RingCommand command) {
            taken.add(command);
        }

        @Override
        public void takeDefect(RingCommand command, CorruptFormatException defect) {
            taken.add(command);
            defects.add(defect.getMessage());
        }
    };

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

    private void assertNotOpened(String... words) {
        String message = assertThrows(CorruptFormatException.class, this::open).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }

    @Test
    void mailboxOfAnotherVersionIsRefused() {
        kernel.raw().putShort(0, (short) 3);
        assertNotOpened("uio7", "version", "expected 2", "found 3");
    }

    @Test
    void ringThatWantsOrderIsRefused() {
        kernel.raw().putShort(2, (short) 2);
        assertNotOpened("out-of-order");
    }

    @Test
    void ringOutsideTheMappingIsRefused() {
        for (int offset : new int[] {0, 120, 129, -8, MAPPED_BYTES, Integer.MIN_VALUE}) {
            kernel.raw().putInt(4, offset);
            assertNotOpened("ring");
        }
        kernel.raw().putInt(4, 128);
        for (int length : new int[] {0, -8, 1001, MAPPED_BYTES - 120, Integer.MAX_VALUE & ~7}) {
            kernel.raw().putInt(8, length);
            assertNotOpened("ring length");
        }
    }

    @Test
    void placesOutsideTheRingAreRefused() {
        for (int field : new int[] {12, 64}) {
            for (int place : new int[] {RING_BYTES, 4, -8, Integer.MAX_VALUE}) {
                kernel.startAt(0);
                kernel.raw().putInt(field, place);
                assertNotOpened(field == 12 ? "head" : "tail");
            }
        }
    }

    @Test
    void mappingShorterThanAMailboxIsRefused() throws IOException {
        try (MappedRegion region = MappedRegion.anonymous(127)) {
            assertThrows(CorruptFormatException.class, () -> CommandRing.open("uio7", region));
        }
    }

    @Test
    void headThatRunsAwayEndsTheFetching() throws IOException {
        CommandRing ring = open();
        kernel.raw().putInt(12, RING_BYTES + 8);
        assertThrows(CorruptFormatException.class, () -> ring.fetch(taker, 10));
        assertThrows(CorruptFormatException.class, ring::hasMore);
    }

    @Test
    void entryWhoseEndCannotBeTrueEndsTheFetching() throws IOException {
        CommandRing ring = open();
        kernel.submit(1, new byte[6]);
        for (int length : new int[] {0, 8, 104, 128, RING_BYTES, 1 << 30, -8}) {
            kernel.raw().putInt(ENTRY, length | 1);
            assertThrows(CorruptFormatException.class, () -> ring.fetch(taker, 10));
        }
        kernel.raw().putInt(ENTRY, 0); // a PAD of nothing would be looked at for ever
        assertThrows(CorruptFormatException.class, () -> ring.fetch(taker, 10));
        assertTrue(taken.isEmpty());
        assertEquals(0, ring.underWay());
    }

    @Test
    void commandBlockOutsideItsEntryIsADefect() throws IOException {
        for (long offset : new long[] {0, ENTRY, ENTRY + 47, ENTRY + 120, MAPPED_BYTES, -1, Long.MIN_VALUE}) {
            assertDefect(24, offset, "command block");
        }
    }

    @Test
    void iovecsBeyondTheEntryAreADefect() throws IOException {
        for (long counts : new long[] {5, 0xFFFFFFFFL, 0x7FFFFFFFL, 1L << 32 | 4, 0xFFFFFFFF00000001L, -1}) {
            assertDefect(8, counts, "iovecs");
        }
    }

    @Test
    void iovecOutsideTheDataAreaIsADefect() throws IOException {
        for (long offset : new long[] {0, 64, kernel.dataOffset() - 1, MAPPED_BYTES, MAPPED_BYTES - 63, -1}) {
            assertDefect(48, offset, "data area");
        }
        for (long length : new long[] {DATA_BYTES + 1, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertDefect(56, length, "data area");
        }
    }

    /** Spoils a field of a command between two good ones: all three are answered. */
    private void assertDefect(int field, long value, String word) throws IOException {
        kernel.startAt(0);
        taken.clear();
        defects.clear();
        CommandRing ring = open();
        kernel.submit(1, new byte[6], 0, 64);
        kernel.submit(2, new byte[6]);
        kernel.raw().putLong(ENTRY + field, value);
        ring.fetch(taker, 10);
        assertEquals(1, defects.size(), () -> word + " " + value);
        assertTrue(defects.get(0).contains(word), defects.get(0));
        for (RingCommand command : taken) {
            ring.answer(command, 2, SENSE, 0);
        }
        ring.publish();
        kernel.kick();
        assertEquals(List.of(1, 2), List.copyOf(kernel.takeResults().keySet()));
    }

    /** Flips bits anywhere in the ring: fetching ends, in order or with the one error, and no byte outside is touched. */
    @Test
    void noSpoiltRingDoesHarm(Random random) throws IOException {
        for (int trial = 0; trial < 3000; trial++) {
            kernel.startAt(8 * random.nextInt(RING_BYTES / 8));
            CommandRing ring = open();
            for (int id = 1; id <= 5; id++) {
                kernel.submit(id, new byte[10], 0, 512, 4096, 512);
            }
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                int at = 12 + random.nextInt(ENTRY + RING_BYTES - 12);
                kernel.raw().put(at, (byte) (kernel.raw().get(at) ^ 1 << random.nextInt(8)));
            }
            serveWhatIsLeft(ring);
        }
    }

    private void serveWhatIsLeft(CommandRing ring) {
        taken.clear();
        try {
            ring.fetch(taker, 100);
            for (RingCommand command : taken) {
                for (var part : command.data()) {
                    assertTrue(part.remaining() <= DATA_BYTES);
                }
                ring.answer(command, 2, SENSE, 0);
            }
            ring.publish();
        } catch (CorruptFormatException expected) {
            assertTrue(expected.getMessage().startsWith("uio7: at byte "), expected.getMessage());
        }
    }
}
