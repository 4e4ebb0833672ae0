package io.overlaybd.nbd.protocol;

/** The items that a client may ask for with {@link OptionCode#INFO} and {@link OptionCode#GO}. */
public final class Info {

    /** u64 size in bytes, u16 transmission flags; always sent. */
    public static final int EXPORT = 0;
    /** The canonical name of the export. */
    public static final int NAME = 1;
    /** Words for a human. */
    public static final int DESCRIPTION = 2;
    /** u32 smallest, preferred and largest length of a request, bytes. */
    public static final int BLOCK_SIZE = 3;

    private Info() {}
}
