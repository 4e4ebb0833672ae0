package io.overlaybd.tcmu.scsi;

/** REQUEST SENSE: there is never any, since it goes with each answer. Sense in descriptor format there is none. */
final class RequestSense implements ScsiCommand {

    private static final int DESCRIPTOR_FORMAT = 1;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        if (cdb.has(1, DESCRIPTOR_FORMAT)) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        return data.put(Sense.NO_SENSE.fixedFormat(), cdb.u8(4));
    }
}
