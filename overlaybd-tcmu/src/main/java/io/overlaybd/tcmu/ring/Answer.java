package io.overlaybd.tcmu.ring;

/**
 * What the kernel is told of a command. Immutable by agreement: nobody changes the sense.
 *
 * @param status SCSI status
 * @param sense fixed format, at most 96 bytes; looked at for CHECK CONDITION only
 * @param returnedBytes how much of the data buffers, from their begin, the initiator is to have of a command that reads;
 *     0 stands for all
 */
public record Answer(int status, byte[] sense, int returnedBytes) {

    private static final int MAX_SENSE_BYTES = 96;

    /** Checks the length of the sense. */
    public Answer {
        if (sense.length > MAX_SENSE_BYTES) {
            throw new IllegalArgumentException(sense.length + " bytes of sense, at most " + MAX_SENSE_BYTES);
        }
    }
}
