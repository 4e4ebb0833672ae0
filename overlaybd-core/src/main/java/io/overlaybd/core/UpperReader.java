package io.overlaybd.core;

import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.io.BlockDevice.ExtentKind;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a writable layer over a stack. A read takes one snapshot of the upper index and walks it: what the upper layer has
 * comes from there, the gaps come from the stack below, see {@link StackReader}. Takes no lock, and knows no bounds: whoever
 * asks knows the size of the device. Immutable.
 */
final class UpperReader {

    private final WritableLayer upper;
    private final StackReader lowers;

    UpperReader(WritableLayer upper, StackReader lowers) {
        this.upper = upper;
        this.lowers = lowers;
    }

    /**
     * Fills the buffer; answers false if it must not wait but would have to. What was read while space of the upper layer was
     * given back may be of another time, and is read again.
     */
    boolean read(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        int start = dst.position();
        int limit = dst.limit();
        long reclaims;
        boolean done;
        do {
            reclaims = upper.reclaims();
            dst.position(start);
            try {
                done = walk(offsetBytes, dst, mayWait);
            } finally {
                dst.limit(limit);
            }
        } while (done && reclaims != upper.reclaims());
        return done;
    }

    /** Sets the limit of the buffer to the end of each piece in turn. */
    private boolean walk(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        long end = offsetBytes + dst.remaining();
        long at = offsetBytes;
        IndexSnapshot.Cursor segment = upper.snapshot().endingAfter(Sectors.containing(at));
        for (; at < end; segment.advance()) {
            long segmentStart = segment.isEnd() ? end : Sectors.toBytes(segment.offsetSectors());
            if (segmentStart > at) {
                int gap = (int) (Math.min(segmentStart, end) - at);
                dst.limit(dst.position() + gap);
                if (!lowers.read(at, dst, mayWait)) {
                    return false;
                }
                at += gap;
            }
            if (at < end) {
                int length = (int) (Math.min(Sectors.toBytes(segment.endSectors()), end) - at);
                dst.limit(dst.position() + length);
                if (!readUpper(segment, at - segmentStart, dst, mayWait)) {
                    return false;
                }
                at += length;
            }
        }
        return true;
    }

    private boolean readUpper(IndexSnapshot.Cursor segment, long skip, ByteBuffer dst, boolean mayWait)
            throws IOException {
        if (segment.isZeroed()) {
            StackReader.fillZeros(dst, dst.remaining());
            return true;
        }
        return upper.readData(Sectors.toBytes(segment.mappedSector()) + skip, dst, mayWait);
    }

    /** Tells what is between two bytes, until the visitor behind {@code joiner} has enough. */
    void extents(long fromBytes, long toBytes, ExtentJoiner joiner) {
        long at = fromBytes;
        IndexSnapshot.Cursor segment = upper.snapshot().endingAfter(Sectors.containing(at));
        for (; joiner.wantsMore(); segment.advance()) {
            long segmentStart = segment.isEnd() ? toBytes : Sectors.toBytes(segment.offsetSectors());
            if (segmentStart > at) {
                lowers.extents(at, Math.min(segmentStart, toBytes), joiner);
            }
            if (!segment.isEnd()) {
                at = Sectors.toBytes(segment.endSectors());
                joiner.extend(at, segment.isZeroed() ? ExtentKind.ZERO : ExtentKind.DATA);
            }
        }
    }
}
