package io.overlaybd.tcmu.scsi;

/**
 * What became of a command. Immutable.
 *
 * @param sense {@link Sense#NO_SENSE} unless the status is CHECK CONDITION
 * @param returnedBytes bytes of the data buffers that the command filled, from their begin; the rest is zero
 */
public record Reply(Status status, Sense sense, int returnedBytes) {

    static final Reply GOOD = new Reply(Status.GOOD, Sense.NO_SENSE, 0);
    static final Reply TASK_SET_FULL = new Reply(Status.TASK_SET_FULL, Sense.NO_SENSE, 0);

    static Reply good(int returnedBytes) {
        return new Reply(Status.GOOD, Sense.NO_SENSE, returnedBytes);
    }

    /** A refusal. */
    public static Reply check(Sense sense) {
        return new Reply(Status.CHECK_CONDITION, sense, 0);
    }
}
