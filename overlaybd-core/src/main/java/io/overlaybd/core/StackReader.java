package io.overlaybd.core;

import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.BlockDevice.ExtentKind;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads from a stack. A read walks the merged index: what no layer has, and what a layer says is zero, is filled without I/O;
 * each mapped piece is one read of its layer's file, straight into the caller's buffer. Nothing is allocated on the way, and
 * nothing is checked: whoever asks knows the size of the device. Immutable.
 */
final class StackReader {

    private static final byte[] ZEROS = new byte[16 * 1024];

    private final LayerStack stack;
    private final MergedIndex index;

    StackReader(LayerStack stack) {
        this.stack = stack;
        this.index = stack.index();
    }

    LayerStack stack() {
        return stack;
    }

    /** Fills the buffer piece by piece; answers false if it must not wait but would have to. */
    boolean read(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        long end = offsetBytes + dst.remaining();
        long at = offsetBytes;
        for (int i = index.firstEndingAfter(Sectors.containing(at)); at < end; i++) {
            long segmentStart = i < index.size() ? Sectors.toBytes(index.offsetSectors(i)) : end;
            if (segmentStart > at) {
                at += fillZeros(dst, Math.min(segmentStart, end) - at);
            }
            if (at < end) {
                int length = (int) (Math.min(Sectors.toBytes(index.endSectors(i)), end) - at);
                if (index.isZeroed(i)) {
                    fillZeros(dst, length);
                } else if (!readPiece(i, at - segmentStart, dst, length, mayWait)) {
                    return false;
                }
                at += length;
            }
        }
        return true;
    }

    static long fillZeros(ByteBuffer dst, long length) {
        for (long left = length; left > 0; left -= ZEROS.length) {
            dst.put(ZEROS, 0, (int) Math.min(left, ZEROS.length));
        }
        return length;
    }

    /** Reads {@code length} bytes of segment {@code i} from its byte {@code skip} on; the limit of {@code dst} comes back. */
    private boolean readPiece(int i, long skip, ByteBuffer dst, int length, boolean mayWait) throws IOException {
        long fileAt = Sectors.toBytes(index.mappedSector(i)) + skip;
        int limit = dst.limit();
        dst.limit(dst.position() + length);
        try {
            if (mayWait) {
                stack.read(index.tag(i), fileAt, dst);
                return true;
            }
            return stack.tryRead(index.tag(i), fileAt, dst);
        } finally {
            dst.limit(limit);
        }
    }

    /** Tells what is between two bytes, until the visitor behind {@code joiner} has enough. */
    void extents(long fromBytes, long toBytes, ExtentJoiner joiner) {
        int i = index.firstEndingAfter(Sectors.containing(fromBytes));
        for (; joiner.wantsMore() && i < index.size() && Sectors.toBytes(index.offsetSectors(i)) < toBytes; i++) {
            joiner.extend(Sectors.toBytes(index.offsetSectors(i)), ExtentKind.HOLE);
            long endBytes = Math.min(Sectors.toBytes(index.endSectors(i)), toBytes);
            joiner.extend(endBytes, index.isZeroed(i) ? ExtentKind.ZERO : ExtentKind.DATA);
        }
        joiner.extend(toBytes, ExtentKind.HOLE);
    }
}
