package io.overlaybd.nbd.protocol;

import io.netty.buffer.ByteBuf;

/**
 * The answers to an option.
 *
 * <pre>
 *  0  u64  0x0003e889045565a9
 *  8  u32  option that is answered
 * 12  u32  type; the highest bit marks an error
 * 16  u32  length of the data, bytes
 * 20       data: of an error, words for a human
 * </pre>
 */
public enum OptionReply {
    ACK(1),
    SERVER(2),
    INFO(3),
    META_CONTEXT(4),
    ERR_UNSUPPORTED(1 << 31 | 1),
    ERR_INVALID(1 << 31 | 3),
    ERR_UNKNOWN_EXPORT(1 << 31 | 6);

    private static final long MAGIC = 0x0003_e889_0455_65a9L;
    private static final int LENGTH_FROM_START = 16;
    private static final int HEADER_BYTES = 20;

    private final int number;

    OptionReply(int number) {
        this.number = number;
    }

    /** Appends a head for data of a length not yet known and answers where it begins; {@link #end} completes it. */
    public int begin(ByteBuf out, OptionHeader option) {
        int start = out.writerIndex();
        out.writeLong(MAGIC).writeInt(option.number()).writeInt(number).writeInt(0);
        return start;
    }

    /** Sets the length of the reply that begins at {@code start} and ends at the writer index. */
    public static void end(ByteBuf out, int start) {
        out.setInt(start + LENGTH_FROM_START, out.writerIndex() - start - HEADER_BYTES);
    }

    /** Appends a reply without data. */
    public void encode(ByteBuf out, OptionHeader option) {
        end(out, begin(out, option));
    }

    /** Appends a reply with text, of which a client may show the first 4096 bytes. */
    public void encode(ByteBuf out, OptionHeader option, String text) {
        int start = begin(out, option);
        out.writeBytes(Texts.bounded(text));
        end(out, start);
    }
}
