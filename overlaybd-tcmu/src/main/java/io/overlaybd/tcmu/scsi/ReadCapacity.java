package io.overlaybd.tcmu.scsi;

import java.nio.ByteBuffer;

/**
 * READ CAPACITY.
 *
 * <pre>
 *  10:  0  u32  last block, all ones if that needs more bits    16:  0  u64  last block
 *       4  u32  bytes of a block                                     8  u32  bytes of a block
 *                                                                   14  u8   0xC0 if blocks can be unmapped, which
 *                                                                            then read as zeros
 *                                                                   16  16 bytes zero
 * </pre>
 */
final class ReadCapacity {

    private static final int BYTES_10 = 8;
    private static final int BYTES_16 = 32;
    private static final int PROVISIONING_OFFSET = 14;
    private static final int UNMAPPED_READS_ZERO = 0xC0;
    private static final long MAX_U32 = 0xFFFFFFFFL;

    private ReadCapacity() {}

    static Reply ten(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        ByteBuffer answer = ByteBuffer.allocate(BYTES_10);
        answer.putInt((int) Math.min(unit.blocks() - 1, MAX_U32)).putInt(LogicalUnit.BLOCK_BYTES);
        return data.put(answer.array(), BYTES_10);
    }

    static Reply sixteen(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        ByteBuffer answer = ByteBuffer.allocate(BYTES_16);
        answer.putLong(unit.blocks() - 1).putInt(LogicalUnit.BLOCK_BYTES);
        if (unit.isWritable()) {
            answer.put(PROVISIONING_OFFSET, (byte) UNMAPPED_READS_ZERO);
        }
        return data.put(answer.array(), cdb.u32(10));
    }
}
