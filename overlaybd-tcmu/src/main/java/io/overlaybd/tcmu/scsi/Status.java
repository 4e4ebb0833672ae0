package io.overlaybd.tcmu.scsi;

/** The SCSI statuses that are given here. */
public enum Status {
    GOOD(0x00),
    CHECK_CONDITION(0x02),
    BUSY(0x08),
    TASK_SET_FULL(0x28);

    private final int code;

    Status(int code) {
        this.code = code;
    }

    /** The byte of the protocol. */
    public int code() {
        return code;
    }
}
