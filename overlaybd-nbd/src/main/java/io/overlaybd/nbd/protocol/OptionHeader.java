package io.overlaybd.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;

/**
 * The head of an option; its data follow.
 *
 * <pre>
 *  0  u64  "IHAVEOPT"
 *  8  u32  option
 * 12  u32  length of the data, bytes
 * </pre>
 *
 * @param number as sent; a reply repeats it even if it is unknown
 */
public record OptionHeader(int number, int lengthBytes) {

    /** Length of the head. */
    public static final int BYTES = 16;

    /** The longest data taken: two names and queries of 4096 bytes each fit many times. */
    public static final int MAX_DATA_BYTES = 64 * 1024;

    static final long MAGIC = 0x4948_4156_454f_5054L; // "IHAVEOPT"

    private static final int MAGIC_OFFSET = 0;
    private static final int OPTION_OFFSET = 8;
    private static final int LENGTH_OFFSET = 12;

    /** Reads the head at the reader index, without moving it. */
    public static OptionHeader decode(ByteBuf in) throws ProtocolException {
        int base = in.readerIndex();
        long magic = in.getLong(base + MAGIC_OFFSET);
        if (magic != MAGIC) {
            throw new ProtocolException(
                    "option magic: expected 0x" + Long.toHexString(MAGIC) + ", found 0x" + Long.toHexString(magic));
        }
        int number = in.getInt(base + OPTION_OFFSET);
        long lengthBytes = in.getUnsignedInt(base + LENGTH_OFFSET);
        if (lengthBytes > MAX_DATA_BYTES) {
            throw new ProtocolException("length of option " + Integer.toUnsignedString(number) + ": expected at most "
                    + MAX_DATA_BYTES + " bytes, found " + lengthBytes);
        }
        return new OptionHeader(number, (int) lengthBytes);
    }

    /** The option, {@link OptionCode#UNKNOWN} if it is none of ours. */
    public OptionCode code() {
        return OptionCode.of(number);
    }
}
