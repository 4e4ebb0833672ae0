package io.overlaybd.tcmu.scsi;

import java.io.IOException;

/**
 * WRITE 6, 10, 12, 16. With FUA the blocks survive a power loss when the command is answered; DPO changes nothing. Protection
 * information, which the upper three bits of the second byte announce, is not taken.
 *
 * <p>Data that are fewer than the command says are refused, since blocks that were not written must not be called so.
 */
enum Write implements ScsiCommand {
    /** WRITE 6, whose second byte has nothing but address. */
    SIX,
    /** The others. */
    LONG;

    static final int PROTECTION = 0xE0;
    static final int FORCE_UNIT_ACCESS = 0x08;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        if (this == LONG && cdb.has(1, PROTECTION)) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        boolean durable = this == LONG && cdb.has(1, FORCE_UNIT_ACCESS);
        return write(cdb, data, unit, durable, mayBlock);
    }

    static Reply write(Cdb cdb, Transfer data, LogicalUnit unit, boolean durable, boolean mayBlock) throws IOException {
        if (!unit.contains(cdb.lba(), cdb.blocks())) {
            return Reply.check(Sense.LBA_OUT_OF_RANGE);
        }
        long lengthBytes = cdb.blocks() * LogicalUnit.BLOCK_BYTES;
        if (data.capacityBytes() < lengthBytes) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        if (!mayBlock) {
            return null;
        }
        unit.medium().write(cdb.lba() * LogicalUnit.BLOCK_BYTES, lengthBytes, data);
        if (durable) {
            unit.medium().flush();
        }
        return Reply.GOOD;
    }
}
