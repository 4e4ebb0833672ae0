package io.overlaybd.core;

import io.overlaybd.core.format.SegmentMapping;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Records of an index file with the tag 255: it is not known that the data they tell of would survive a power loss. */
final class ProvisionalRecords {

    private static final long TAG = SegmentMapping.tagBits(SegmentMapping.MAX_TAG);
    private static final int TAG_OFFSET = SegmentMapping.BYTES - 1;
    private static final int PIECE_BYTES = 64 * 1024;

    private ProvisionalRecords() {}

    /** The high word of a provisional record. */
    static long high(long high) {
        return high | TAG;
    }

    static boolean isOne(long high) {
        return (high & TAG) == TAG;
    }

    /** Gives all records between two bytes of a file the tag 0. */
    static void settle(LayerFile file, long fromBytes, long toBytes) throws IOException {
        for (long at = fromBytes; at < toBytes; at += PIECE_BYTES) {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, toBytes - at));
            file.readFully(at, piece);
            for (int tag = TAG_OFFSET; tag < piece.limit(); tag += SegmentMapping.BYTES) {
                piece.put(tag, (byte) 0);
            }
            file.write(at, piece.flip());
        }
    }
}
