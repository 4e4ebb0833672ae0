package io.overlaybd.tcmu.scsi;

import io.overlaybd.tcmu.scsi.Row.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All commands that a disk understands, by operation code and service action. Immutable and thread-safe.
 *
 * <p>Here stands, once for all commands: what is not in the table is refused, an exception becomes sense, and bytes that a
 * command did not fill are zero.
 */
final class ScsiTable {

    private static final int OPCODES = 256;

    private static final ScsiTable READ_ONLY = new ScsiTable(false);
    private static final ScsiTable WRITABLE = new ScsiTable(true);

    private final List<Row> rows = new ArrayList<>();
    private final Row[][] byOpcode = new Row[OPCODES][];

    private ScsiTable(boolean writable) {
        addEnquiries();
        addModes();
        addReads();
        addWrites(writable);
        if (writable) {
            add(Row.ofAction(Direction.IN, "9E 12 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", new GetLbaStatus()));
        }
    }

    /** The table for a disk. */
    static ScsiTable of(LogicalUnit unit) {
        return unit.isWritable() ? WRITABLE : READ_ONLY;
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
        add(Row.of(Direction.OUT, "2F 16 FF FF FF FF 00 FF FF 00", Verify.VERIFY));
        add(Row.of(Direction.OUT, "8F 16 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", Verify.VERIFY));
        add(Row.of(Direction.OUT, "AF 16 FF FF FF FF FF FF FF FF 00 00", Verify.VERIFY));
    }

    private void addWrites(boolean writable) {
        addWrite(writable, "0A 1F FF FF FF 00", Write.SIX);
        addWrite(writable, "2A 18 FF FF FF FF 00 FF FF 00", Write.LONG);
        addWrite(writable, "8A 18 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", Write.LONG);
        addWrite(writable, "AA 18 FF FF FF FF FF FF FF FF 00 00", Write.LONG);
        addWrite(writable, "2E 12 FF FF FF FF 00 FF FF 00", Verify.WRITE_AND_VERIFY);
        addWrite(writable, "8E 12 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", Verify.WRITE_AND_VERIFY);
        addWrite(writable, "AE 12 FF FF FF FF FF FF FF FF 00 00", Verify.WRITE_AND_VERIFY);
        addWrite(writable, "89 18 FF FF FF FF FF FF FF FF 00 00 00 FF 00 00", new CompareAndWrite());
        addWrite(writable, "41 08 FF FF FF FF 00 FF FF 00", WriteSame.TEN);
        addWrite(writable, "93 09 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", WriteSame.SIXTEEN);
        addWrite(writable, "42 00 00 00 00 00 00 FF FF 00", new Unmap());
    }

    private void addWrite(boolean writable, String usage, ScsiCommand command) {
        add(Row.of(Direction.OUT, usage, writable ? command : new WriteProtected()));
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

    /** The command of a command block; null if there is none. */
    Row find(Cdb cdb) {
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
