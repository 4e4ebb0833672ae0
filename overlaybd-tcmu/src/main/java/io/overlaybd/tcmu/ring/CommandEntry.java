package io.overlaybd.tcmu.ring;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.sys.MappedRegion;
import java.nio.ByteBuffer;

/**
 * A view of one entry of the ring. Native byte order.
 *
 * <pre>
 *   0  u32  length of the entry, bytes, a multiple of 8; its low 3 bits: 0 PAD, 1 CMD, 2 TMR
 *   4  u16  command id
 *   6  u8   flags of the kernel
 *   7  u8   flags of ours: 1 unknown operation, 2 READ_LEN, 4 KEEP_BUF
 *
 * a command as the kernel wrote it        the answer, over the same bytes
 *   8  u32  data iovecs                     8  u8    SCSI status
 *  12  u32  bidirectional iovecs           12  u32   bytes returned, if READ_LEN
 *  16  u32  protection iovecs              16  u8[]  sense, 96 bytes, if CHECK CONDITION
 *  24  u64  where the command block is, bytes from the begin of the mapping
 *  48  iovecs: u64 offset from the begin of the mapping, u64 length; both bytes
 * </pre>
 *
 * The command block stands in the entry, after iovecs and room for the answer, and reaches to the entry's end with up to 7
 * bytes too many. An entry that only pads may be as short as its header. Entries do not wrap.
 *
 * <p>Thread-confined; allocates nothing.
 */
final class CommandEntry {

    private static final int OP_MASK = 7;
    private static final int OP_PAD = 0;
    private static final int OP_COMMAND = 1;
    private static final int OP_TASK_MANAGEMENT = 2;

    private static final int FLAG_UNKNOWN_OPERATION = 1;
    private static final int FLAG_READ_LENGTH = 2;

    private static final int LENGTH_OFFSET = 0;
    private static final int ID_OFFSET = 4;
    private static final int OUR_FLAGS_OFFSET = 7;
    private static final int HEADER_BYTES = 8;

    private static final int IOVECS_OFFSET = 8;
    private static final int BIDIRECTIONAL_OFFSET = 12;
    private static final int BLOCK_OFFSET_OFFSET = 24;
    private static final int IOVEC_OFFSET = 48;
    private static final int IOVEC_BYTES = 16;
    private static final int IOVEC_LENGTH_OFFSET = 8;

    private static final int STATUS_OFFSET = 8;
    private static final int READ_LENGTH_OFFSET = 12;
    private static final int SENSE_OFFSET = 16;
    private static final int SENSE_BYTES = 96;
    private static final int MIN_COMMAND_BYTES = SENSE_OFFSET + SENSE_BYTES;

    /** The longest command block that SCSI has. */
    static final int MAX_BLOCK_BYTES = 260;

    private final String name;
    private final MappedRegion region;
    private final ByteBuffer ring;
    private final int ringOffset;

    private int base;
    private int lengthBytes;
    private int op;

    CommandEntry(String name, MappedRegion region, Mailbox mailbox) {
        this.name = name;
        this.region = region;
        this.ringOffset = mailbox.ringOffset();
        this.ring = region.slice(ringOffset, mailbox.ringBytes());
    }

    /**
     * Moves to the entry at a place; {@code end} is up to where the kernel has written.
     *
     * @throws CorruptFormatException if the next entry cannot be found from this one, or has no room for an answer
     */
    CommandEntry moveTo(int place, int end) throws CorruptFormatException {
        int word = ring.getInt(place + LENGTH_OFFSET);
        int limit = end > place ? end : ring.capacity();
        int length = word & ~OP_MASK;
        int least = (word & OP_MASK) == OP_COMMAND ? MIN_COMMAND_BYTES : HEADER_BYTES;
        if (length < least || length > limit - place) {
            throw new CorruptFormatException(
                    name, (long) ringOffset + place, "entry length", least + " to " + (limit - place), length);
        }
        base = place;
        lengthBytes = length;
        op = word & OP_MASK;
        return this;
    }

    boolean isCommand() {
        return op == OP_COMMAND;
    }

    /** An operation that this version does not know, so that it can only be marked as such. */
    boolean isUnknown() {
        return op != OP_COMMAND && op != OP_PAD && op != OP_TASK_MANAGEMENT;
    }

    /** Where the entry after this one begins. */
    int next() {
        int next = base + lengthBytes;
        return next == ring.capacity() ? 0 : next;
    }

    int id() {
        return Short.toUnsignedInt(ring.getShort(base + ID_OFFSET));
    }

    /**
     * Copies the command block, with what the entry has behind it.
     *
     * @return how many bytes that were
     * @throws CorruptFormatException if it is not in the entry
     */
    int copyBlock(byte[] block) throws CorruptFormatException {
        long offset = ring.getLong(base + BLOCK_OFFSET_OFFSET);
        long entryOffset = (long) ringOffset + base;
        if (offset < entryOffset + IOVEC_OFFSET || offset >= entryOffset + lengthBytes) {
            throw new CorruptFormatException(
                    name, entryOffset, "command block offset", "within the entry", Long.toUnsignedString(offset));
        }
        int bytes = (int) Math.min(entryOffset + lengthBytes - offset, block.length);
        ring.get((int) (offset - ringOffset), block, 0, bytes);
        return bytes;
    }

    /**
     * How many iovecs of data there are; those that are not of this direction do not count.
     *
     * @throws CorruptFormatException if the entry has no room for them
     */
    int iovecCount() throws CorruptFormatException {
        long count = Integer.toUnsignedLong(ring.getInt(base + IOVECS_OFFSET));
        long bidirectional = Integer.toUnsignedLong(ring.getInt(base + BIDIRECTIONAL_OFFSET));
        int room = (lengthBytes - IOVEC_OFFSET) / IOVEC_BYTES;
        if (count + bidirectional > room) {
            throw new CorruptFormatException(
                    name, (long) ringOffset + base, "iovecs", "at most " + room, count + " and " + bidirectional);
        }
        return (int) count;
    }

    /**
     * Moves a view to what an iovec is about.
     *
     * @throws CorruptFormatException if that is not in the data area
     */
    ByteBuffer showIovec(int i, MappedRegion.View view) throws CorruptFormatException {
        int iovec = base + IOVEC_OFFSET + i * IOVEC_BYTES;
        long offset = ring.getLong(iovec);
        long length = ring.getLong(iovec + IOVEC_LENGTH_OFFSET);
        long dataArea = (long) ringOffset + ring.capacity();
        if (offset < dataArea || !region.contains(offset, length) || length > MappedRegion.MAX_SLICE_BYTES) {
            throw new CorruptFormatException(
                    name,
                    (long) ringOffset + iovec,
                    "iovec",
                    "a range of the data area, bytes " + dataArea + " to " + region.lengthBytes(),
                    Long.toUnsignedString(length) + " bytes at byte " + Long.toUnsignedString(offset));
        }
        return view.moveTo(offset, length);
    }

    /** Tells the kernel that nobody here knows this operation. */
    void markUnknown() {
        ring.put(base + OUR_FLAGS_OFFSET, (byte) FLAG_UNKNOWN_OPERATION);
    }

    /**
     * Writes an answer over the request that is here, whichever it was: the kernel goes by the id.
     *
     * @param returnedBytes 0 to tell nothing of it
     */
    void answer(int id, int status, byte[] sense, int returnedBytes) {
        if (sense.length > SENSE_BYTES) {
            throw new IllegalArgumentException(sense.length + " bytes of sense, at most " + SENSE_BYTES);
        }
        ring.putShort(base + ID_OFFSET, (short) id);
        ring.put(base + OUR_FLAGS_OFFSET, (byte) (returnedBytes > 0 ? FLAG_READ_LENGTH : 0));
        ring.put(base + STATUS_OFFSET, (byte) status);
        ring.putInt(base + READ_LENGTH_OFFSET, returnedBytes);
        if (sense.length > 0) {
            ring.put(base + SENSE_OFFSET, sense);
            for (int i = sense.length; i < SENSE_BYTES; i++) {
                ring.put(base + SENSE_OFFSET + i, (byte) 0);
            }
        }
    }
}
