package io.overlaybd.tcmu.scsi;

import java.nio.ByteBuffer;

/**
 * REPORT LUNS: there is one, number 0, and no well-known one.
 *
 * <pre>
 *  0  u32  length of the list, bytes
 *  8  u64  a logical unit number
 * </pre>
 */
final class ReportLuns implements ScsiCommand {

    private static final int LUN_BYTES = 8;
    private static final int HEADER_BYTES = 8;
    private static final int SELECT_ADDRESSABLE = 0;
    private static final int SELECT_WELL_KNOWN = 1;
    private static final int SELECT_ALL = 2;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        int luns;
        switch (cdb.u8(2)) {
            case SELECT_ADDRESSABLE, SELECT_ALL -> luns = 1;
            case SELECT_WELL_KNOWN -> luns = 0;
            default -> {
                return Reply.check(Sense.INVALID_FIELD_IN_CDB);
            }
        }
        byte[] list = new byte[HEADER_BYTES + luns * LUN_BYTES];
        ByteBuffer.wrap(list).putInt(luns * LUN_BYTES);
        return data.put(list, cdb.u32(6));
    }
}
