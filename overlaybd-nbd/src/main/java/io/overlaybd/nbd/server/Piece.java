package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * A part of a read that is read in one go, into a buffer that has room for the head of the reply before it.
 *
 * @param headBytes room before the data, so that head and data leave as one buffer
 */
record Piece(long offsetBytes, int lengthBytes, int headBytes) {

    /** What the buffer holds. */
    int bufferBytes() {
        return headBytes + lengthBytes;
    }

    /** The part of the buffer behind the head. */
    ByteBuffer data(ByteBuf buffer) {
        return buffer.nioBuffer(headBytes, lengthBytes);
    }
}
