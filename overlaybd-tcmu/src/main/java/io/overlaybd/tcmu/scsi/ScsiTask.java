package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.metrics.DeviceMeter;
import java.nio.ByteBuffer;

/**
 * One command with its data, and after it another: a task that is done may begin again. Confined to one thread at a time.
 */
public final class ScsiTask {

    private final Cdb cdb = new Cdb();
    private final Transfer data = new Transfer();
    private Row row; // null if the disk does not know the command
    private LogicalUnit unit;
    private Reply reply; // null until it is done

    /**
     * Takes up a command.
     *
     * @param block begins with the command block
     * @param blockBytes how much of that is from the initiator, perhaps more than the command has
     * @param data where data are or go to, each from position to limit; positions and marks move
     */
    public void begin(LogicalUnit unit, byte[] block, int blockBytes, ByteBuffer[] data) {
        this.unit = unit;
        this.cdb.set(block, blockBytes);
        this.data.set(data);
        row = ScsiTable.of(unit).find(cdb);
        reply = null;
    }

    /**
     * Executes the command if that needs no waiting. If it does, {@link #execute} goes on where this stopped.
     *
     * @return whether there is a {@link #reply}
     */
    public boolean tryExecute() {
        reply = execute(false);
        return reply != null;
    }

    /** Executes the command, however long that takes. Never throws but for what ends the VM. */
    public Reply execute() {
        reply = execute(true);
        return reply;
    }

    /** What became of the command. */
    public Reply reply() {
        return reply;
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

    /** What the command does, as far as it is measured. */
    public DeviceMeter.Kind kind() {
        return switch (cdb.opcode()) {
            case 0x08, 0x28, 0xA8, 0x88 -> DeviceMeter.Kind.READ;
            case 0x0A, 0x2A, 0xAA, 0x8A -> DeviceMeter.Kind.WRITE;
            default -> DeviceMeter.Kind.OTHER;
        };
    }

    /** Bytes that the command moved between initiator and disk. */
    public long movedBytes() {
        if (reply.status() != Status.GOOD) {
            return 0;
        }
        return switch (kind()) {
            case READ -> reply.returnedBytes();
            case WRITE -> Math.min(cdb.blocks() * LogicalUnit.BLOCK_BYTES, data.capacityBytes());
            case OTHER -> 0;
        };
    }

    /** For a log: the disk, and the begin of the command block. */
    @Override
    public String toString() {
        return unit.device().name() + ": command 0x" + Integer.toHexString(cdb.opcode()) + " at block " + cdb.lba();
    }
}
