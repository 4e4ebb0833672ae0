package io.overlaybd.nbd.protocol;

import io.netty.buffer.ByteBuf;

/**
 * The reply of those who did not agree on structured ones; the data of a read follow it.
 *
 * <pre>
 *  0  u32  0x67446698
 *  4  u32  error, 0 if none
 *  8  u64  cookie of the request
 * </pre>
 */
public final class SimpleReply {

    /** Length of the head, all there is but for a read. */
    public static final int BYTES = 16;

    private static final int MAGIC = 0x67446698;
    private static final int MAGIC_OFFSET = 0;
    private static final int ERROR_OFFSET = 4;
    private static final int COOKIE_OFFSET = 8;

    private SimpleReply() {}

    /** Sets the head of a success at the start of {@code out}. */
    public static void encodeSuccess(ByteBuf out, RequestHeader request) {
        encode(out, request, 0);
    }

    /** Sets the head of a failure at the start of {@code out}. */
    public static void encodeError(ByteBuf out, RequestHeader request, ErrorCode error) {
        encode(out, request, error.number());
    }

    private static void encode(ByteBuf out, RequestHeader request, int error) {
        out.setInt(MAGIC_OFFSET, MAGIC).setInt(ERROR_OFFSET, error).setLong(COOKIE_OFFSET, request.cookie());
    }
}
