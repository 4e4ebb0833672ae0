package io.overlaybd.tcmu.scsi;

import java.io.IOException;

/**
 * WRITE SAME 10 and 16: one block of data, or none and zeros, for all. Zeros take no space, whether the initiator wants the
 * blocks unmapped or not; anything else is written, since an unmapped block would not read as it.
 *
 * <p>No block at all stands for "to the end" in old versions of the command, and is refused: the limits page says so.
 */
enum WriteSame implements ScsiCommand {
    TEN,
    SIXTEEN;

    /** As many as the limits page names. */
    static final int MAX_BLOCKS = 0x40000;

    private static final int PIECE_BYTES = 64 * 1024;
    private static final int REFUSED = 0xE0 | 0x10 | 0x06; // protection; ANCHOR; addresses as data
    private static final int NO_DATA = 0x01;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        boolean zeros = this == SIXTEEN && cdb.has(1, NO_DATA);
        if (cdb.has(1, this == TEN ? REFUSED | NO_DATA : REFUSED)
                || cdb.blocks() == 0
                || cdb.blocks() > MAX_BLOCKS
                || !zeros && data.capacityBytes() < LogicalUnit.BLOCK_BYTES) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        if (!unit.contains(cdb.lba(), cdb.blocks())) {
            return Reply.check(Sense.LBA_OUT_OF_RANGE);
        }
        if (!mayBlock) {
            return null;
        }
        long offsetBytes = cdb.lba() * LogicalUnit.BLOCK_BYTES;
        long lengthBytes = cdb.blocks() * LogicalUnit.BLOCK_BYTES;
        byte[] bytes = zeros ? null : Verify.repeated(data, (int) Math.min(PIECE_BYTES, lengthBytes));
        if (zeros || isZero(bytes)) {
            unit.medium().discard(offsetBytes, lengthBytes);
        } else {
            unit.medium().fill(offsetBytes, lengthBytes, bytes);
        }
        return Reply.GOOD;
    }

    private static boolean isZero(byte[] repeatedBlock) {
        for (int i = 0; i < LogicalUnit.BLOCK_BYTES; i++) {
            if (repeatedBlock[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
