package io.overlaybd.tcmu.scsi;

import java.util.Arrays;

/**
 * What became of a command. Immutable.
 *
 * @param sense {@link Sense#NO_SENSE} unless the status is CHECK CONDITION
 * @param returnedBytes bytes of the data buffers that the command filled, from their begin; the rest is zero
 * @param information what the sense is about, unsigned; {@link #NO_INFORMATION} if it says all
 */
public record Reply(Status status, Sense sense, int returnedBytes, long information) {

    static final long NO_INFORMATION = -1;

    private static final int USUAL_BYTES = 1 << 20;

    /** The replies to usual reads are made once. */
    private static final Reply[] OF_BLOCKS = new Reply[USUAL_BYTES / LogicalUnit.BLOCK_BYTES + 1];

    static {
        Arrays.setAll(OF_BLOCKS, blocks -> newGood(blocks * LogicalUnit.BLOCK_BYTES));
    }

    static final Reply GOOD = good(0);
    static final Reply TASK_SET_FULL = new Reply(Status.TASK_SET_FULL, Sense.NO_SENSE, 0, NO_INFORMATION);

    static Reply good(int returnedBytes) {
        int blocks = returnedBytes / LogicalUnit.BLOCK_BYTES;
        boolean usual = returnedBytes % LogicalUnit.BLOCK_BYTES == 0 && blocks < OF_BLOCKS.length;
        return usual ? OF_BLOCKS[blocks] : newGood(returnedBytes);
    }

    private static Reply newGood(int returnedBytes) {
        return new Reply(Status.GOOD, Sense.NO_SENSE, returnedBytes, NO_INFORMATION);
    }

    /** A refusal. */
    public static Reply check(Sense sense) {
        return new Reply(Status.CHECK_CONDITION, sense, 0, NO_INFORMATION);
    }

    /** Data that are not those of the blocks, from a byte on. */
    static Reply miscompare(long firstDifferentByte) {
        return new Reply(Status.CHECK_CONDITION, Sense.MISCOMPARE, 0, firstDifferentByte);
    }

    /** The sense in fixed format, with its information. */
    public byte[] fixedSense() {
        return information == NO_INFORMATION ? sense.fixedFormat() : sense.fixedFormat((int) information);
    }
}
