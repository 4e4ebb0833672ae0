package io.overlaybd.nbd.protocol;

/** The requests of the transmission phase. */
public enum CommandCode {
    READ(0),
    /** The only one whose request is followed by as many bytes as its length says. */
    WRITE(1),
    DISCONNECT(2),
    FLUSH(3),
    TRIM(4),
    CACHE(5),
    WRITE_ZEROES(6),
    BLOCK_STATUS(7),
    /** Every number that has no name here. */
    UNKNOWN(-1);

    /** Flag of every command, if it was offered: answer when what was written would survive a power loss. */
    public static final int FLAG_FUA = 1;
    /** Flag of {@link #WRITE_ZEROES}: space is to be taken up, so that later writes find room. */
    public static final int FLAG_NO_HOLE = 1 << 1;
    /** Flag of {@link #WRITE_ZEROES}: fail at once if it would be no faster than writing. */
    public static final int FLAG_FAST_ZERO = 1 << 4;
    /** Flag of {@link #READ}: answer in one chunk. */
    public static final int FLAG_DF = 1 << 2;
    /** Flag of {@link #BLOCK_STATUS}: one extent is enough. */
    public static final int FLAG_REQ_ONE = 1 << 3;

    private final int number;

    CommandCode(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The command of a number, {@link #UNKNOWN} if there is none. */
    public static CommandCode of(int number) {
        for (CommandCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return UNKNOWN;
    }
}
