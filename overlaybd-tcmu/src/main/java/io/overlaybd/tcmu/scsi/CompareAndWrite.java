package io.overlaybd.tcmu.scsi;

import java.io.IOException;

/**
 * COMPARE AND WRITE: the data are what the blocks have to be, then what they become. No other command changes blocks between
 * the two. The number of blocks is one byte.
 */
final class CompareAndWrite implements ScsiCommand {

    /** The most blocks that the command can name. */
    static final int MAX_BLOCKS = 255;

    private static final int BLOCKS_OFFSET = 13;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        int blocks = cdb.u8(BLOCKS_OFFSET);
        if (cdb.has(1, Write.PROTECTION) || blocks > maxBlocks(unit)) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        if (!unit.contains(cdb.lba(), blocks)) {
            return Reply.check(Sense.LBA_OUT_OF_RANGE);
        }
        int lengthBytes = blocks * LogicalUnit.BLOCK_BYTES;
        boolean dataForNothing = blocks == 0 && data.capacityBytes() > 0; // 256, said in one byte
        if (data.capacityBytes() < 2L * lengthBytes || dataForNothing) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        if (!mayBlock) {
            return null;
        }
        int difference = unit.medium().compareAndWrite(cdb.lba() * LogicalUnit.BLOCK_BYTES, lengthBytes, data);
        if (difference >= 0) {
            return Reply.miscompare(difference);
        }
        if (cdb.has(1, Write.FORCE_UNIT_ACCESS)) {
            unit.medium().flush();
        }
        return Reply.GOOD;
    }

    /** Twice as many blocks of data have to fit into a transfer. */
    static int maxBlocks(LogicalUnit unit) {
        return Math.min(MAX_BLOCKS, unit.maxTransferBlocks() / 2);
    }
}
