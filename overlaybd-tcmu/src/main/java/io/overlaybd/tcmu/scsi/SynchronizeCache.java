package io.overlaybd.tcmu.scsi;

import java.io.IOException;

/**
 * SYNCHRONIZE CACHE 10 and 16: all that was written survives a power loss, whichever blocks are named. The answer waits for
 * that with IMMED too: given before, it would hide a failure.
 */
final class SynchronizeCache implements ScsiCommand {

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        if (!unit.contains(cdb.lba(), cdb.blocks())) {
            return Reply.check(Sense.LBA_OUT_OF_RANGE);
        }
        if (!unit.isWritable()) {
            return Reply.GOOD; // nothing is ever dirty
        }
        if (!mayBlock) {
            return null;
        }
        unit.medium().flush();
        return Reply.GOOD;
    }
}
