package io.overlaybd.tcmu.scsi;

import java.io.IOException;

/**
 * READ 10, 12 and 16. DPO and FUA change nothing where nothing is written. Protection information, which the upper three
 * bits of the second byte ask for, there is none.
 *
 * <p>The kernel does not compare the length of the data buffers with that of the command: the shorter one counts.
 */
final class Read implements ScsiCommand {

    private static final int PROTECTION = 0xE0;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        return cdb.has(1, PROTECTION) ? Reply.check(Sense.INVALID_FIELD_IN_CDB) : read(cdb, data, unit, mayBlock);
    }

    /** Reads the blocks that a command of any length asks for. */
    static Reply read(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        if (!unit.contains(cdb.lba(), cdb.blocks())) {
            return Reply.check(Sense.LBA_OUT_OF_RANGE);
        }
        long lengthBytes = cdb.blocks() * LogicalUnit.BLOCK_BYTES;
        boolean done = data.read(unit.device(), cdb.lba() * LogicalUnit.BLOCK_BYTES, lengthBytes, mayBlock);
        return done ? Reply.good((int) data.movedBytes()) : null;
    }
}
