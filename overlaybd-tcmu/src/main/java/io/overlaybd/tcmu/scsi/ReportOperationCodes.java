package io.overlaybd.tcmu.scsi;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * REPORT SUPPORTED OPERATION CODES: the table about itself.
 *
 * <pre>
 *  all                                        one
 *  0  u32  bytes that follow                  1  u8   1 not supported, 3 supported; 0x80 timeouts follow
 *  then for each                              2  u16  bytes of the command block
 *  0  u8   operation code                     4  ...  usage: the bits that are looked at
 *  2  u16  service action
 *  5  u8   1 has service actions, 2 timeouts follow
 *  6  u16  bytes of the command block
 * </pre>
 *
 * Timeouts are 12 bytes: u16 length 10, then none.
 */
final class ReportOperationCodes implements ScsiCommand {

    private static final int WITH_TIMEOUTS = 0x80;
    private static final int OPTIONS_MASK = 7;
    private static final int ALL = 0;
    private static final int ONE = 1;
    private static final int ONE_WITH_ACTION = 2;
    private static final int ONE_EITHER_WAY = 3;

    private static final int DESCRIPTOR_BYTES = 8;
    private static final int TIMEOUTS_BYTES = 12;
    private static final int HAS_ACTION = 1;
    private static final int HAS_TIMEOUTS = 2;
    private static final int NOT_SUPPORTED = 1;
    private static final int SUPPORTED = 3;

    private final ScsiTable table;

    ReportOperationCodes(ScsiTable table) {
        this.table = table;
    }

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        boolean timeouts = cdb.has(2, WITH_TIMEOUTS);
        int options = cdb.u8(2) & OPTIONS_MASK;
        if (options == ALL) {
            return data.put(all(table.rows(), timeouts), cdb.u32(6));
        }
        Row[] rows = table.rows(cdb.u8(3));
        boolean hasActions = rows.length > 0 && rows[0].serviceAction() != Row.NONE;
        boolean misfit = options == ONE && hasActions || options == ONE_WITH_ACTION && rows.length > 0 && !hasActions;
        if (misfit || options > ONE_EITHER_WAY) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        return data.put(one(find(rows, hasActions ? cdb.u16(4) : Row.NONE), timeouts), cdb.u32(6));
    }

    private static Row find(Row[] rows, int serviceAction) {
        for (Row row : rows) {
            if (row.serviceAction() == serviceAction) {
                return row;
            }
        }
        return null;
    }

    private static byte[] all(List<Row> rows, boolean timeouts) {
        int each = DESCRIPTOR_BYTES + (timeouts ? TIMEOUTS_BYTES : 0);
        ByteBuffer answer = ByteBuffer.allocate(4 + rows.size() * each).putInt(rows.size() * each);
        for (Row row : rows) {
            boolean hasAction = row.serviceAction() != Row.NONE;
            answer.putShort((short) (row.opcode() << 8))
                    .putShort((short) (hasAction ? row.serviceAction() : 0))
                    .putShort((short) ((hasAction ? HAS_ACTION : 0) | (timeouts ? HAS_TIMEOUTS : 0)))
                    .putShort((short) row.blockBytes());
            putTimeouts(answer, timeouts);
        }
        return answer.array();
    }

    private static byte[] one(Row row, boolean timeouts) {
        if (row == null) {
            return new byte[] {0, NOT_SUPPORTED, 0, 0};
        }
        int bytes = 4 + row.blockBytes() + (timeouts ? TIMEOUTS_BYTES : 0);
        ByteBuffer answer = ByteBuffer.allocate(bytes)
                .putShort((short) (SUPPORTED | (timeouts ? WITH_TIMEOUTS : 0)))
                .putShort((short) row.blockBytes())
                .put(row.usage());
        putTimeouts(answer, timeouts);
        return answer.array();
    }

    private static void putTimeouts(ByteBuffer answer, boolean timeouts) {
        if (timeouts) {
            answer.putShort((short) (TIMEOUTS_BYTES - 2)).put(new byte[TIMEOUTS_BYTES - 2]);
        }
    }
}
