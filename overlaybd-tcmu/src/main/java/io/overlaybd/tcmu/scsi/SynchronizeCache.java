package io.overlaybd.tcmu.scsi;

/** SYNCHRONIZE CACHE 10 and 16: nothing is ever dirty here. */
final class SynchronizeCache implements ScsiCommand {

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        return unit.contains(cdb.lba(), cdb.blocks()) ? Reply.GOOD : Reply.check(Sense.LBA_OUT_OF_RANGE);
    }
}
