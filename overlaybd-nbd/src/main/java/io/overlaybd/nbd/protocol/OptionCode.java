package io.overlaybd.nbd.protocol;

/** The options that a client may send. */
public enum OptionCode {
    EXPORT_NAME(1),
    ABORT(2),
    LIST(3),
    STARTTLS(5),
    INFO(6),
    GO(7),
    STRUCTURED_REPLY(8),
    LIST_META_CONTEXT(9),
    SET_META_CONTEXT(10),
    /** Every number that has no name here. */
    UNKNOWN(-1);

    private final int number;

    OptionCode(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The option of a number, {@link #UNKNOWN} if there is none. */
    public static OptionCode of(int number) {
        for (OptionCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return UNKNOWN;
    }
}
