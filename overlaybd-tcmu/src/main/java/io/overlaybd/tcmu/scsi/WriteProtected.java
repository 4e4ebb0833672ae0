package io.overlaybd.tcmu.scsi;

/** Everything that would change the disk. */
final class WriteProtected implements ScsiCommand {

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        return Reply.check(Sense.WRITE_PROTECTED);
    }
}
