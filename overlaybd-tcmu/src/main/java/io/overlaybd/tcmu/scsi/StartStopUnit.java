package io.overlaybd.tcmu.scsi;

/** START STOP UNIT: this disk always runs, and has neither power conditions nor anything to load or eject. */
final class StartStopUnit implements ScsiCommand {

    private static final int POWER_CONDITION = 0xF0;
    private static final int LOAD_EJECT = 2;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        return cdb.has(4, POWER_CONDITION | LOAD_EJECT) ? Reply.check(Sense.INVALID_FIELD_IN_CDB) : Reply.GOOD;
    }
}
