package io.overlaybd.tcmu.scsi;

import java.util.Optional;

/** One command with its data. Confined to one thread at a time. */
public final class ScsiTask {

    private final Row row; // null if the disk does not know the command
    private final Cdb cdb;
    private final Transfer data;
    private final LogicalUnit unit;

    ScsiTask(Row row, Cdb cdb, Transfer data, LogicalUnit unit) {
        this.row = row;
        this.cdb = cdb;
        this.data = data;
        this.unit = unit;
    }

    /** Executes the command if that needs no waiting. If it does, {@link #execute} goes on where this stopped. */
    public Optional<Reply> tryExecute() {
        return Optional.ofNullable(execute(false));
    }

    /** Executes the command, however long that takes. Never throws but for what ends the VM. */
    public Reply execute() {
        return execute(true);
    }

    private Reply execute(boolean mayBlock) {
        if (row == null) {
            return Reply.check(Sense.INVALID_OPERATION_CODE);
        }
        try {
            Reply reply = row.command().execute(cdb, data, unit, mayBlock);
            if (reply != null && reply.status() == Status.GOOD && row.direction() == Row.Direction.IN) {
                data.zeroRest();
            }
            return reply;
        } catch (Exception | Error e) {
            return SenseMapper.reply(this, e);
        }
    }

    /** For a log: the disk, and the begin of the command block. */
    @Override
    public String toString() {
        return unit.device().name() + ": command 0x" + Integer.toHexString(cdb.opcode()) + " at block " + cdb.lba();
    }
}
