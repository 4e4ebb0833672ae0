package io.overlaybd.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;

/**
 * A request.
 *
 * <pre>
 *  0  u32  0x25609513
 *  4  u16  command flags
 *  6  u16  command
 *  8  u64  cookie, repeated in every reply
 * 16  u64  offset, bytes
 * 24  u32  length, bytes
 * </pre>
 *
 * @param commandNumber as sent, for a message about a command that has no name
 * @param offsetBytes as sent, so negative if the client asks for a place beyond 2^63
 */
public record RequestHeader(int flags, int commandNumber, long cookie, long offsetBytes, long lengthBytes) {

    /** Length of a request without payload. */
    public static final int BYTES = 28;

    private static final int MAGIC = 0x25609513;

    private static final int MAGIC_OFFSET = 0;
    private static final int FLAGS_OFFSET = 4;
    private static final int COMMAND_OFFSET = 6;
    private static final int COOKIE_OFFSET = 8;
    private static final int OFFSET_OFFSET = 16;
    private static final int LENGTH_OFFSET = 24;

    /** Reads the request at the reader index, without moving it. */
    public static RequestHeader decode(ByteBuf in) throws ProtocolException {
        int base = in.readerIndex();
        int magic = in.getInt(base + MAGIC_OFFSET);
        if (magic != MAGIC) {
            throw new ProtocolException("request magic: expected 0x" + Integer.toHexString(MAGIC) + ", found 0x"
                    + Integer.toHexString(magic));
        }
        return new RequestHeader(
                in.getUnsignedShort(base + FLAGS_OFFSET),
                in.getUnsignedShort(base + COMMAND_OFFSET),
                in.getLong(base + COOKIE_OFFSET),
                in.getLong(base + OFFSET_OFFSET),
                in.getUnsignedInt(base + LENGTH_OFFSET));
    }

    /** The command, {@link CommandCode#UNKNOWN} if it is none of ours. */
    public CommandCode command() {
        return CommandCode.of(commandNumber);
    }

    /** How many bytes follow the request. */
    public long payloadBytes() {
        return commandNumber == CommandCode.WRITE.number() ? lengthBytes : 0;
    }

    /** Whether a flag is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
