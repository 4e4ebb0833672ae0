package io.overlaybd.core.index;

import io.overlaybd.core.format.SegmentMapping;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Joins neighbours on their way into a file's index, exactly as far as the original does, so that the same layer gets the
 * same bytes: the second continues the first on the device and in the file, both are zero or both are not, they have one
 * tag, and together they are shorter than {@link SegmentMapping#MAX_LENGTH_SECTORS}. (Strictly shorter: a full-length
 * segment only ever comes from one that was added so.) Thread-confined.
 */
public final class SegmentCoalescer {

    private final String resource;
    private final SegmentBuffer segments;
    private final int limit;
    private boolean hasPending;
    private long pendingLow;
    private long pendingHigh;

    /** For at most {@code limit} segments after joining; {@code resource} is for the message if there are more. */
    public SegmentCoalescer(String resource, int limit) {
        this.resource = resource;
        this.limit = limit;
        this.segments = new SegmentBuffer(limit, false);
    }

    /** Adds the next segment, given as its two words; they must be in order. */
    public void add(long low, long high) throws TooManySegmentsException {
        if (hasPending && continues(pendingLow, pendingHigh, low, high)) {
            pendingLow += SegmentMapping.low(0, SegmentMapping.lengthSectors(low));
            return;
        }
        flush();
        pendingLow = low;
        pendingHigh = high;
        hasPending = true;
    }

    /** Whether a segment is joined with the one before it. */
    static boolean continues(long lowBefore, long highBefore, long low, long high) {
        int length = SegmentMapping.lengthSectors(lowBefore) + SegmentMapping.lengthSectors(low);
        return SegmentMapping.endSectors(lowBefore) == SegmentMapping.offsetSectors(low)
                && SegmentMapping.mappedEnd(lowBefore, highBefore) == SegmentMapping.mappedSector(high)
                && SegmentMapping.isZeroed(highBefore) == SegmentMapping.isZeroed(high)
                && SegmentMapping.tag(highBefore) == SegmentMapping.tag(high)
                && length < SegmentMapping.MAX_LENGTH_SECTORS;
    }

    private void flush() throws TooManySegmentsException {
        if (!hasPending) {
            return;
        }
        if (segments.size() >= limit) {
            throw new TooManySegmentsException(resource, limit);
        }
        segments.add(pendingLow, pendingHigh);
        hasPending = false;
    }

    /** Ends the input; answers how many segments there are. */
    public int finish() throws TooManySegmentsException {
        flush();
        return segments.size();
    }

    /**
     * Encodes entries from {@code first} on into {@code dst} until it is full, padding beyond the last; {@link #finish()}
     * comes first. {@code dst} must hold whole entries.
     */
    public void encode(int first, ByteBuffer dst) {
        ByteBuffer words = dst.slice().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = first; words.hasRemaining(); i++) {
            words.putLong(i < segments.size() ? segments.low(i) : SegmentMapping.PADDING_LOW);
            words.putLong(i < segments.size() ? segments.high(i) : 0);
        }
        dst.position(dst.limit());
    }
}
