package io.overlaybd.service.prefetch;

import java.nio.ByteBuffer;

/**
 * One read of a layer: of its plain bytes, with tar and compression taken off. Immutable.
 *
 * @param layer position in the image, 0 is the bottom
 */
public record TraceRead(int layer, long offsetBytes, long lengthBytes) {

    //   0       1        4         8            16           24
    //   | 'R'   |  zero  |  layer  |   length   |   offset   |
    static final int BYTES = 24;
    private static final int LAYER_OFFSET = 4;
    private static final int LENGTH_OFFSET = 8;
    private static final int OFFSET_OFFSET = 16;
    private static final byte READ = 'R';

    /** Puts the record at the position of {@code dst}, which moves past it. */
    void encode(ByteBuffer dst) {
        dst.putInt(READ).putInt(layer).putLong(lengthBytes).putLong(offsetBytes);
    }

    /** Whether a record tells of a read that can have happened; what it lacks is no reason to refuse the others. */
    static boolean isRead(ByteBuffer src, int index) {
        long length = src.getLong(index + LENGTH_OFFSET);
        long offset = src.getLong(index + OFFSET_OFFSET);
        return src.get(index) == READ
                && src.getInt(index + LAYER_OFFSET) >= 0
                && length > 0
                && offset >= 0
                && length <= Long.MAX_VALUE - offset;
    }

    /** The read that the record at {@code index} tells of. */
    static TraceRead decode(ByteBuffer src, int index) {
        return new TraceRead(
                src.getInt(index + LAYER_OFFSET),
                src.getLong(index + OFFSET_OFFSET),
                src.getLong(index + LENGTH_OFFSET));
    }
}
