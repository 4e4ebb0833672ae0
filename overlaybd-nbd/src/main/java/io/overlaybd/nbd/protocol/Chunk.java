package io.overlaybd.nbd.protocol;

import io.netty.buffer.ByteBuf;

/**
 * One chunk of a structured reply. Chunks of a request come in any order, mixed with those of others; the last one is
 * marked.
 *
 * <pre>
 *  0  u32  0x668e33ef
 *  4  u16  flags: 1 = the last chunk of the request
 *  6  u16  type
 *  8  u64  cookie of the request
 * 16  u32  length of what follows, bytes
 * 20       NONE          nothing
 *          OFFSET_DATA   u64 offset, data
 *          OFFSET_HOLE   u64 offset, u32 length
 *          BLOCK_STATUS  u32 context, then for each extent u32 length, u32 status
 *          ERROR         u32 error, u16 length of the text, text
 *          ERROR_OFFSET  u32 error, u16 length of the text, text, u64 offset
 * </pre>
 */
public final class Chunk {

    /** Length of the head. */
    public static final int HEADER_BYTES = 20;
    /** Where the data begin in a chunk of data. */
    public static final int DATA_OFFSET = 28;

    private static final int NONE = 0;
    private static final int OFFSET_DATA = 1;
    private static final int OFFSET_HOLE = 2;
    private static final int BLOCK_STATUS = 5;
    private static final int ERROR = 1 << 15 | 1;
    private static final int ERROR_OFFSET = 1 << 15 | 2;

    private static final int MAGIC = 0x668e33ef;
    private static final int FLAG_DONE = 1;
    private static final int MAGIC_OFFSET = 0;
    private static final int FLAGS_OFFSET = 4;
    private static final int TYPE_OFFSET = 6;
    private static final int COOKIE_OFFSET = 8;
    private static final int LENGTH_OFFSET = 16;
    private static final int BODY_OFFSET = 20;

    private Chunk() {}

    /** Sets the head of a chunk that fills {@code out} from its start to its writer index. */
    private static void encodeHeader(ByteBuf out, RequestHeader request, int type, boolean last) {
        out.setInt(MAGIC_OFFSET, MAGIC)
                .setShort(FLAGS_OFFSET, last ? FLAG_DONE : 0)
                .setShort(TYPE_OFFSET, type)
                .setLong(COOKIE_OFFSET, request.cookie())
                .setInt(LENGTH_OFFSET, out.writerIndex() - HEADER_BYTES);
    }

    /** The chunk that says only that there is no other. */
    public static void encodeNone(ByteBuf out, RequestHeader request) {
        out.writerIndex(BODY_OFFSET);
        encodeHeader(out, request, NONE, true);
    }

    /** Completes a chunk whose data stand between {@link #DATA_OFFSET} and the writer index. */
    public static void encodeData(ByteBuf out, RequestHeader request, long offsetBytes, boolean last) {
        out.setLong(BODY_OFFSET, offsetBytes);
        encodeHeader(out, request, OFFSET_DATA, last);
    }

    /** A range that reads as zeros. */
    public static void encodeHole(ByteBuf out, RequestHeader request, long offsetBytes, int lengthBytes, boolean last) {
        out.writerIndex(BODY_OFFSET).writeLong(offsetBytes).writeInt(lengthBytes);
        encodeHeader(out, request, OFFSET_HOLE, last);
    }

    /** Begins a block status; the extents follow as pairs of length and status, then {@link #endStatus}. */
    public static void beginStatus(ByteBuf out, int context) {
        out.writerIndex(BODY_OFFSET).writeInt(context);
    }

    /** Completes a block status, which is always the only chunk. */
    public static void endStatus(ByteBuf out, RequestHeader request) {
        encodeHeader(out, request, BLOCK_STATUS, true);
    }

    /** The request failed as a whole. */
    public static void encodeError(ByteBuf out, RequestHeader request, ErrorCode error, String text) {
        writeError(out, error, text);
        encodeHeader(out, request, ERROR, true);
    }

    /** The request failed at a place. */
    public static void encodeError(
            ByteBuf out, RequestHeader request, ErrorCode error, String text, long offsetBytes, boolean last) {
        writeError(out, error, text);
        out.writeLong(offsetBytes);
        encodeHeader(out, request, ERROR_OFFSET, last);
    }

    private static void writeError(ByteBuf out, ErrorCode error, String text) {
        byte[] words = Texts.bounded(text);
        out.writerIndex(BODY_OFFSET).writeInt(error.number()).writeShort(words.length);
        out.writeBytes(words);
    }
}
