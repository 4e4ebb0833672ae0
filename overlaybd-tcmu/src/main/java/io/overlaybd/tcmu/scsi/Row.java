package io.overlaybd.tcmu.scsi;

import java.util.HexFormat;

/**
 * A command of the table.
 *
 * @param serviceAction {@link #NONE} if the operation code says all
 * @param usage which bits of the command block are looked at, the operation code first; its length is the block's
 */
record Row(int opcode, int serviceAction, byte[] usage, Direction direction, ScsiCommand command) {

    static final int NONE = -1;

    private static final int SERVICE_ACTION_MASK = 0x1F;

    /** Which way data go. */
    enum Direction {
        NONE,
        IN,
        OUT
    }

    /** A row of an operation code without service actions; usage as hexadecimal digits, blanks between. */
    static Row of(Direction direction, String usage, ScsiCommand command) {
        byte[] bytes = HexFormat.of().parseHex(usage.replace(" ", ""));
        return new Row(bytes[0] & 0xFF, NONE, bytes, direction, command);
    }

    /** A row of one service action, which stands in the second byte of the usage. */
    static Row ofAction(Direction direction, String usage, ScsiCommand command) {
        byte[] bytes = HexFormat.of().parseHex(usage.replace(" ", ""));
        return new Row(bytes[0] & 0xFF, bytes[1] & SERVICE_ACTION_MASK, bytes, direction, command);
    }

    int blockBytes() {
        return usage.length;
    }
}
