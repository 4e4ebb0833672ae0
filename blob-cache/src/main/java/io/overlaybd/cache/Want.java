package io.overlaybd.cache;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The part of one refill unit that a reader waits for, and where it belongs. Whoever gets the unit fills it, in the
 * reader's buffer, while the reader waits; the landing of the {@link Flight} makes that visible to the reader. A reader whose source
 * is closed waits no longer: the {@link RefillGate} takes his want out of the flight, so that nobody fills it any more.
 */
final class Want {

    private final Reader reader;
    private final int unit;
    private final int offsetInUnit;
    private final int lengthBytes;
    private final ByteBuffer dst;
    private final int dstIndex;
    private boolean filled;
    private Flight joined; // null in a flight of its reader's own
    private CountDownLatch ended; // of the flight, as far as this want is concerned
    private boolean abandoned;

    Want(Reader reader, int unit, int offsetInUnit, int lengthBytes, ByteBuffer dst, int dstIndex) {
        this.reader = reader;
        this.unit = unit;
        this.offsetInUnit = offsetInUnit;
        this.lengthBytes = lengthBytes;
        this.dst = dst;
        this.dstIndex = dstIndex;
    }

    /** What a reader wants of each unit of a range, to be put where {@code dst} stands. */
    static List<Want> of(UnitGrid grid, long startBytes, long endBytes, ByteBuffer dst, Reader reader) {
        List<Want> wants = new ArrayList<>();
        int base = dst.position();
        for (long at = startBytes; at < endBytes; ) {
            int unit = grid.unitAt(at);
            long start = grid.startBytes(unit);
            long next = Math.min(endBytes, start + grid.unitBytes());
            wants.add(
                    new Want(reader, unit, (int) (at - start), (int) (next - at), dst, base + (int) (at - startBytes)));
            at = next;
        }
        return wants;
    }

    /** Of units that are to be brought in without anybody reading them. */
    static List<Want> ofNothing(int first, int last, Reader reader) {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        List<Want> wants = new ArrayList<>();
        for (int unit = first; unit <= last; unit++) {
            wants.add(new Want(reader, unit, 0, 0, nothing, 0));
        }
        return wants;
    }

    int unit() {
        return unit;
    }

    /** Copies the wanted part; {@code unitBytes} holds the whole unit from its index 0 on. */
    void fill(ByteBuffer unitBytes) {
        dst.put(dstIndex, unitBytes, offsetInUnit, lengthBytes);
        filled = true;
    }

    boolean isFilled() {
        return filled;
    }

    /** Becomes one of those of a flight. By the gate. */
    void board(Flight flight, boolean ofSomebodyElse) {
        joined = ofSomebodyElse ? flight : null;
        ended = new CountDownLatch(1);
    }

    /** The flight that somebody else makes for this; null if the reader makes it himself. */
    Flight joined() {
        return joined;
    }

    Reader reader() {
        return reader;
    }

    /** The flight has ended. */
    void end() {
        ended.countDown();
    }

    /** Nobody fills this any more. By the gate, which has taken it out of its flight. */
    void abandon() {
        abandoned = true;
        ended.countDown();
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Waits for the end of the flight. Not interruptible: until then somebody may write into the reader's buffer. */
    void await() {
        Flight.await(ended);
    }
}
