package io.overlaybd.tcmu.scsi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * UNMAP: the blocks read as zeros afterwards. All of the list is checked before anything is unmapped.
 *
 * <pre>
 *  0  u16  bytes that follow
 *  2  u16  bytes of the descriptors
 *  8  descriptors:  0  u64  first block   8  u32  blocks   12  u32  0
 * </pre>
 */
final class Unmap implements ScsiCommand {

    /** As many blocks, and as many ranges, as the limits page names. */
    static final int MAX_BLOCKS = 0x100000;

    static final int MAX_RANGES = 256;

    private static final int ANCHOR = 1;
    private static final int LENGTH_OFFSET = 7;
    private static final int HEADER_BYTES = 8;
    private static final int RANGE_BYTES = 16;
    private static final int COUNT_OFFSET = 8;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        int listBytes = cdb.u16(LENGTH_OFFSET);
        if (cdb.has(1, ANCHOR)) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        if (listBytes == 0) {
            return Reply.GOOD;
        }
        if (listBytes < HEADER_BYTES || listBytes > data.capacityBytes()) {
            return Reply.check(Sense.PARAMETER_LIST_LENGTH);
        }
        return mayBlock ? unmap(ByteBuffer.wrap(data.take(listBytes)), unit) : null;
    }

    private static Reply unmap(ByteBuffer list, LogicalUnit unit) throws IOException {
        int follows = Short.toUnsignedInt(list.getShort(0));
        int rangesBytes = Short.toUnsignedInt(list.getShort(2));
        if (follows + 2 > list.limit() || rangesBytes + HEADER_BYTES > list.limit() || rangesBytes % RANGE_BYTES != 0) {
            return Reply.check(Sense.PARAMETER_LIST_LENGTH);
        }
        int end = HEADER_BYTES + rangesBytes;
        Reply refusal = check(list, end, unit);
        if (refusal != null) {
            return refusal;
        }
        for (int at = HEADER_BYTES; at < end; at += RANGE_BYTES) {
            long lengthBytes = blocks(list, at) * LogicalUnit.BLOCK_BYTES;
            if (lengthBytes > 0) {
                unit.medium().discard(list.getLong(at) * LogicalUnit.BLOCK_BYTES, lengthBytes);
            }
        }
        return Reply.GOOD;
    }

    /** Null if there is nothing to refuse. */
    private static Reply check(ByteBuffer list, int end, LogicalUnit unit) {
        long allBlocks = 0;
        for (int at = HEADER_BYTES; at < end; at += RANGE_BYTES) {
            allBlocks += blocks(list, at);
            boolean nothingAtTheEnd = blocks(list, at) == 0 && list.getLong(at) == unit.blocks();
            if (!nothingAtTheEnd && !unit.contains(list.getLong(at), blocks(list, at))) {
                return Reply.check(Sense.LBA_OUT_OF_RANGE);
            }
        }
        boolean tooMuch = allBlocks > MAX_BLOCKS || end > HEADER_BYTES + MAX_RANGES * RANGE_BYTES;
        return tooMuch ? Reply.check(Sense.INVALID_FIELD_IN_PARAMETERS) : null;
    }

    private static long blocks(ByteBuffer list, int range) {
        return Integer.toUnsignedLong(list.getInt(range + COUNT_OFFSET));
    }
}
