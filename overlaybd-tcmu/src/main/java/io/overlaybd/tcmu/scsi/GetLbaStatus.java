package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.BlockDevice.ExtentKind;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * GET LBA STATUS: which blocks are stored, from one on, for as long as there is room in the answer.
 *
 * <pre>
 *  0  u32  bytes that follow
 *  8  descriptors:  0  u64  first block   8  u32  blocks   12  u8  0 stored, 1 not: reads as zeros
 * </pre>
 */
final class GetLbaStatus implements ScsiCommand {

    private static final int LBA_OFFSET = 2;
    private static final int ALLOCATION_OFFSET = 10;
    private static final int HEADER_BYTES = 8;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int MAX_DESCRIPTORS = 1024;
    private static final long MAX_U32 = 0xFFFFFFFFL;
    private static final int NOT_STORED = 1;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        long lba = cdb.u64(LBA_OFFSET);
        if (!unit.contains(lba, 1)) {
            return Reply.check(Sense.LBA_OUT_OF_RANGE);
        }
        long roomBytes = Math.min(cdb.u32(ALLOCATION_OFFSET), data.capacityBytes()) - HEADER_BYTES;
        int descriptors = (int) Math.max(1, Math.min(MAX_DESCRIPTORS, roomBytes / DESCRIPTOR_BYTES));
        ByteBuffer answer = ByteBuffer.allocate(HEADER_BYTES + descriptors * DESCRIPTOR_BYTES)
                .position(HEADER_BYTES);
        collect(unit, lba, answer);
        answer.putInt(0, answer.position() - Integer.BYTES).flip();
        byte[] bytes = new byte[answer.limit()];
        answer.get(bytes);
        return data.put(bytes, cdb.u32(ALLOCATION_OFFSET));
    }

    /** Adds a descriptor for each extent; neighbours that read as zeros are one. */
    private static void collect(LogicalUnit unit, long lba, ByteBuffer answer) throws IOException {
        long offsetBytes = lba * LogicalUnit.BLOCK_BYTES;
        long lengthBytes = (unit.blocks() - lba) * LogicalUnit.BLOCK_BYTES;
        unit.device().extents(offsetBytes, lengthBytes, (atBytes, extentBytes, kind) -> {
            int status = kind == ExtentKind.DATA ? 0 : NOT_STORED;
            long blocks = Math.min(extentBytes / LogicalUnit.BLOCK_BYTES, MAX_U32);
            int last = answer.position() - DESCRIPTOR_BYTES;
            if (last >= HEADER_BYTES && answer.get(last + 12) == status) {
                long joined = Integer.toUnsignedLong(answer.getInt(last + 8)) + blocks;
                answer.putInt(last + 8, (int) Math.min(joined, MAX_U32));
                return joined <= MAX_U32;
            }
            if (!answer.hasRemaining()) {
                return false;
            }
            answer.putLong(atBytes / LogicalUnit.BLOCK_BYTES)
                    .putInt((int) blocks)
                    .putInt(status << 24);
            return blocks < MAX_U32;
        });
    }
}
