package io.overlaybd.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;

/**
 * What both sides say first.
 *
 * <pre>
 * server:  "NBDMAGIC"  "IHAVEOPT"  u16 handshake flags
 * client:  u32 client flags
 * </pre>
 *
 * @param fixedNewstyle the client knows that options can be refused
 * @param noZeroes the client does not want the 124 zeros after an {@link OptionCode#EXPORT_NAME}
 */
public record Greeting(boolean fixedNewstyle, boolean noZeroes) {

    /** Length of the client's flags. */
    public static final int CLIENT_BYTES = 4;

    private static final long INIT_MAGIC = 0x4e42_444d_4147_4943L; // "NBDMAGIC"
    private static final int FIXED_NEWSTYLE = 1;
    private static final int NO_ZEROES = 1 << 1;

    /** Appends the server's greeting. */
    public static void encodeServer(ByteBuf out) {
        out.writeLong(INIT_MAGIC).writeLong(OptionHeader.MAGIC).writeShort(FIXED_NEWSTYLE | NO_ZEROES);
    }

    /** Takes the client's flags from {@code in}, which holds at least {@link #CLIENT_BYTES}. */
    public static Greeting decodeClient(ByteBuf in) throws ProtocolException {
        int flags = in.readInt();
        if ((flags & ~(FIXED_NEWSTYLE | NO_ZEROES)) != 0) {
            throw new ProtocolException("client flags: expected at most 0x3, found 0x" + Integer.toHexString(flags));
        }
        return new Greeting((flags & FIXED_NEWSTYLE) != 0, (flags & NO_ZEROES) != 0);
    }
}
