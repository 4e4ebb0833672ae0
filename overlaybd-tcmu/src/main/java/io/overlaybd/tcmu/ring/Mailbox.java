package io.overlaybd.tcmu.ring;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.sys.MappedRegion;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The head of the mapping. Native byte order.
 *
 * <pre>
 *   0  u16  version, 2
 *   2  u16  what the kernel can do: 1 out-of-order completion, 2 READ_LEN, 4 TMR, 8 KEEP_BUF
 *   4  u32  where the ring begins, bytes from the begin of the mapping
 *   8  u32  length of the ring, bytes
 *  12  u32  head: where the kernel writes next, byte of the ring       writer: kernel
 *  64  u32  tail: everything before it is answered, byte of the ring   writer: the device's event loop
 * </pre>
 *
 * Empty is head = tail. All but head is read once, at opening. Thread-confined.
 */
final class Mailbox {

    /** Entries begin at multiples of this. */
    static final int ALIGNMENT_BYTES = 8;

    private static final int VERSION = 2;
    private static final int CAN_COMPLETE_OUT_OF_ORDER = 1;
    private static final int CAN_READ_LENGTH = 2;

    private static final int VERSION_OFFSET = 0;
    private static final int FLAGS_OFFSET = 2;
    private static final int RING_OFFSET_OFFSET = 4;
    private static final int RING_BYTES_OFFSET = 8;
    private static final int HEAD_OFFSET = 12;
    private static final int TAIL_OFFSET = 64;
    private static final int BYTES = 128;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final String name;
    private final ByteBuffer mailbox;
    private final int flags;
    private final int ringOffset;
    private final int ringBytes;

    private Mailbox(String name, ByteBuffer mailbox) {
        this.name = name;
        this.mailbox = mailbox;
        this.flags = Short.toUnsignedInt(mailbox.getShort(FLAGS_OFFSET));
        this.ringOffset = mailbox.getInt(RING_OFFSET_OFFSET);
        this.ringBytes = mailbox.getInt(RING_BYTES_OFFSET);
    }

    /** Checks everything that the rest relies on. */
    static Mailbox open(String name, MappedRegion region) throws CorruptFormatException {
        if (region.lengthBytes() < BYTES) {
            throw new CorruptFormatException(name, 0, "mapping", "at least " + BYTES + " bytes", region.lengthBytes());
        }
        Mailbox mailbox = new Mailbox(name, region.slice(0, BYTES));
        mailbox.check(region);
        return mailbox;
    }

    private void check(MappedRegion region) throws CorruptFormatException {
        int version = Short.toUnsignedInt(mailbox.getShort(VERSION_OFFSET));
        if (version != VERSION) {
            throw new CorruptFormatException(name, VERSION_OFFSET, "version", VERSION, version);
        }
        if ((flags & CAN_COMPLETE_OUT_OF_ORDER) == 0) {
            throw new CorruptFormatException(name, FLAGS_OFFSET, "flags", "out-of-order completion", flags);
        }
        if (ringOffset < BYTES || ringOffset % ALIGNMENT_BYTES != 0) {
            throw new CorruptFormatException(
                    name, RING_OFFSET_OFFSET, "ring offset", "a multiple of 8 from 128 on", ringOffset);
        }
        if (ringBytes <= 0 || ringBytes % ALIGNMENT_BYTES != 0 || !region.contains(ringOffset, ringBytes)) {
            throw new CorruptFormatException(
                    name, RING_BYTES_OFFSET, "ring length", "a multiple of 8 within the mapping", ringBytes);
        }
        head();
        place("tail", TAIL_OFFSET, mailbox.getInt(TAIL_OFFSET));
    }

    /** Where the ring begins in the mapping. */
    int ringOffset() {
        return ringOffset;
    }

    int ringBytes() {
        return ringBytes;
    }

    /** Whether the kernel heeds how many bytes a read returned. */
    boolean canReadLength() {
        return (flags & CAN_READ_LENGTH) != 0;
    }

    /** What the kernel wrote before it moved the head is visible after this. */
    int head() throws CorruptFormatException {
        return place("head", HEAD_OFFSET, (int) INT.getAcquire(mailbox, HEAD_OFFSET));
    }

    /** The tail as it was left by whoever served the ring before. */
    int tail() {
        return mailbox.getInt(TAIL_OFFSET);
    }

    /** The kernel sees all that was written before, once it sees this. It looks when it is kicked. */
    void releaseTail(int tail) {
        INT.setRelease(mailbox, TAIL_OFFSET, tail);
    }

    private int place(String field, int offsetBytes, int place) throws CorruptFormatException {
        if (place < 0 || place >= ringBytes || place % ALIGNMENT_BYTES != 0) {
            throw new CorruptFormatException(
                    name, offsetBytes, field, "a multiple of 8 below " + ringBytes, Integer.toUnsignedString(place));
        }
        return place;
    }
}
