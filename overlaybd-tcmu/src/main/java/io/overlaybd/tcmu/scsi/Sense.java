package io.overlaybd.tcmu.scsi;

import java.nio.ByteBuffer;

/** The reasons for a CHECK CONDITION that are given here. Immutable. */
public enum Sense {
    NO_SENSE(0x0, 0x00, 0x00),
    /** Becoming ready: Linux tries again until its own time limit for the command has passed several times. */
    NOT_READY(0x2, 0x04, 0x01),
    WRITE_ERROR(0x3, 0x0C, 0x00),
    READ_ERROR(0x3, 0x11, 0x00),
    INTERNAL_FAILURE(0x4, 0x44, 0x00),
    PARAMETER_LIST_LENGTH(0x5, 0x1A, 0x00),
    INVALID_OPERATION_CODE(0x5, 0x20, 0x00),
    LBA_OUT_OF_RANGE(0x5, 0x21, 0x00),
    INVALID_FIELD_IN_CDB(0x5, 0x24, 0x00),
    INVALID_FIELD_IN_PARAMETERS(0x5, 0x26, 0x00),
    SAVING_NOT_SUPPORTED(0x5, 0x39, 0x00),
    WRITE_PROTECTED(0x7, 0x27, 0x00),
    SPACE_ALLOCATION_FAILED(0x7, 0x27, 0x07),
    MISCOMPARE(0xE, 0x1D, 0x00);

    /** Length of sense in fixed format. */
    static final int BYTES = 18;

    private static final int CURRENT_FIXED = 0x70;
    private static final int INFORMATION_VALID = 0x80;
    private static final int KEY_OFFSET = 2;
    private static final int INFORMATION_OFFSET = 3;
    private static final int ADDITIONAL_LENGTH_OFFSET = 7;
    private static final int CODE_OFFSET = 12;
    private static final int QUALIFIER_OFFSET = 13;

    private final int key;
    private final int code;
    private final int qualifier;

    Sense(int key, int code, int qualifier) {
        this.key = key;
        this.code = code;
        this.qualifier = qualifier;
    }

    /**
     * Sense data in fixed format.
     *
     * <pre>
     *  0  u8  0x70, current error, fixed format; 0x80 there is information
     *  2  u8  sense key
     *  3  u32 information
     *  7  u8  10, bytes that follow
     * 12  u8  additional sense code
     * 13  u8  its qualifier
     * </pre>
     */
    public byte[] fixedFormat() {
        byte[] sense = new byte[BYTES];
        sense[0] = CURRENT_FIXED;
        sense[KEY_OFFSET] = (byte) key;
        sense[ADDITIONAL_LENGTH_OFFSET] = BYTES - ADDITIONAL_LENGTH_OFFSET - 1;
        sense[CODE_OFFSET] = (byte) code;
        sense[QUALIFIER_OFFSET] = (byte) qualifier;
        return sense;
    }

    /** {@link #fixedFormat()} with information. */
    byte[] fixedFormat(int information) {
        byte[] sense = fixedFormat();
        sense[0] |= (byte) INFORMATION_VALID;
        ByteBuffer.wrap(sense).putInt(INFORMATION_OFFSET, information);
        return sense;
    }
}
