package io.overlaybd.tcmu.scsi;

import io.overlaybd.tcmu.scsi.Row.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All commands that a disk understands, by operation code and service action. Immutable and thread-safe.
 *
 * <p>Here stands, once for all commands: what is not in the table is refused, an exception becomes sense, and bytes that a
 * command did not fill are zero.
 */
public final class ScsiTable {

    private static final int OPCODES = 256;

    private final List<Row> rows = new ArrayList<>();
    private final Row[][] byOpcode = new Row[OPCODES][];

    private ScsiTable() {}

    /** The table of a disk that refuses to be written. */
    public static ScsiTable readOnly() {
        ScsiTable table = new ScsiTable();
        table.addEnquiries();
        table.addModes();
        table.addReads();
        table.addWrites(new WriteProtected());
        return table;
    }

    private void addEnquiries() {
        add(Row.of(Direction.NONE, "00 00 00 00 00 00", (cdb, data, unit, mayBlock) -> Reply.GOOD)); // TEST UNIT READY
        add(Row.of(Direction.IN, "03 01 00 00 FF 00", new RequestSense()));
        add(Row.of(Direction.IN, "12 01 FF FF FF 00", new Inquiry()));
        add(Row.of(Direction.NONE, "1B 01 00 0F F7 00", new StartStopUnit()));
        add(Row.of(Direction.IN, "25 00 00 00 00 00 00 00 00 00", ReadCapacity::ten));
        add(Row.ofAction(Direction.IN, "9E 10 00 00 00 00 00 00 00 00 FF FF FF FF 00 00", ReadCapacity::sixteen));
        add(Row.of(Direction.IN, "A0 00 FF 00 00 00 FF FF FF FF 00 00", new ReportLuns()));
        add(Row.ofAction(Direction.IN, "A3 0C 87 FF FF FF FF FF FF FF 00 00", new ReportOperationCodes(this)));
    }

    private void addModes() {
        add(Row.of(Direction.OUT, "15 11 00 00 FF 00", ModeSelect.SIX));
        add(Row.of(Direction.IN, "1A 08 FF FF FF 00", ModeSense.SIX));
        add(Row.of(Direction.OUT, "55 11 00 00 00 00 00 FF FF 00", ModeSelect.TEN));
        add(Row.of(Direction.IN, "5A 18 FF FF 00 00 00 FF FF 00", ModeSense.TEN));
    }

    private void addReads() {
        ScsiCommand read = new Read();
        add(Row.of(Direction.IN, "08 1F FF FF FF 00", new Read6()));
        add(Row.of(Direction.IN, "28 18 FF FF FF FF 00 FF FF 00", read));
        add(Row.of(Direction.IN, "88 18 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", read));
        add(Row.of(Direction.IN, "A8 18 FF FF FF FF FF FF FF FF 00 00", read));
        ScsiCommand synchronize = new SynchronizeCache();
        add(Row.of(Direction.NONE, "35 02 FF FF FF FF 00 FF FF 00", synchronize));
        add(Row.of(Direction.NONE, "91 02 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", synchronize));
    }

    /** WRITE 6, 10, 12, 16; COMPARE AND WRITE; WRITE SAME 10, 16; UNMAP. */
    private void addWrites(ScsiCommand command) {
        add(Row.of(Direction.OUT, "0A 1F FF FF FF 00", command));
        add(Row.of(Direction.OUT, "2A 18 FF FF FF FF 00 FF FF 00", command));
        add(Row.of(Direction.OUT, "8A 18 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", command));
        add(Row.of(Direction.OUT, "AA 18 FF FF FF FF FF FF FF FF 00 00", command));
        add(Row.of(Direction.OUT, "89 18 FF FF FF FF FF FF FF FF 00 00 00 FF 00 00", command));
        add(Row.of(Direction.OUT, "41 08 FF FF FF FF 00 FF FF 00", command));
        add(Row.of(Direction.OUT, "93 08 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", command));
        add(Row.of(Direction.OUT, "42 00 00 00 00 00 00 FF FF 00", command));
    }

    private void add(Row row) {
        rows.add(row);
        Row[] before = byOpcode[row.opcode()];
        Row[] after = before == null ? new Row[1] : Arrays.copyOf(before, before.length + 1);
        after[after.length - 1] = row;
        byOpcode[row.opcode()] = after;
    }

    /** All commands, in no order. */
    List<Row> rows() {
        return rows;
    }

    /** The commands of an operation code; empty if there is none. */
    Row[] rows(int opcode) {
        Row[] found = byOpcode[opcode];
        return found == null ? new Row[0] : found;
    }

    /**
     * A command to be executed.
     *
     * @param block the command block, perhaps with bytes behind its end
     * @param data where data are or go to, each from position to limit; the positions move
     */
    public ScsiTask task(LogicalUnit unit, byte[] block, ByteBuffer[] data) {
        Cdb cdb = new Cdb(block);
        return new ScsiTask(find(cdb), cdb, new Transfer(data), unit);
    }

    private Row find(Cdb cdb) {
        if (cdb.available() == 0) {
            return null;
        }
        Row[] candidates = byOpcode[cdb.opcode()];
        if (candidates == null) {
            return null;
        }
        for (Row row : candidates) {
            if (cdb.available() >= row.blockBytes()
                    && (row.serviceAction() == Row.NONE || row.serviceAction() == cdb.serviceAction())) {
                return row;
            }
        }
        return null;
    }
}
