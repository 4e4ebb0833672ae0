package io.overlaybd.core;

import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * What no segment points to any more in a file that is only appended to: it is counted, and when it has become much its
 * space goes back to the file system, as holes.
 *
 * <p>A reader may still be on its way to a place that a snapshot of the past told it. So {@link #reclaims} grows before the
 * first hole is punched: who finds that it has grown since it took its snapshot reads again, with a new one.
 *
 * <p>Counting is guarded by the owner's lock; one thread at a time may reclaim.
 */
final class DeadSpace {

    /** Less is not worth the walk over all segments. */
    private static final long WORTHWHILE_BYTES = 16 << 20;
    /** Nor is less than this part of the file. */
    private static final int WORTHWHILE_PART = 8;
    /** Smaller holes would cut the file into too many pieces. */
    private static final int SMALLEST_HOLE_SECTORS = 128;

    private static final int LENGTH_BITS = 14;
    private static final long MAX_SECTORS = 1L << (Long.SIZE - 1 - LENGTH_BITS);

    private final LayerFile file;
    /** Of all times, and how much of it was taken up. */
    private long deadSectors;

    private long takenUpSectors;
    private volatile boolean impossible;
    private volatile long reclaims;

    DeadSpace(LayerFile file) {
        this.file = file;
    }

    /** How often space was given back. */
    long reclaims() {
        return reclaims;
    }

    /** Says that a range of the disk gets new content: what it had is dead. */
    void replaced(IndexSnapshot before, long fromSector, long toSector) {
        IndexSnapshot.Cursor at = before.endingAfter(fromSector);
        for (; !at.isEnd() && at.offsetSectors() < toSector; at.advance()) {
            if (!at.isZeroed()) {
                deadSectors += Math.min(toSector, at.endSectors()) - Math.max(fromSector, at.offsetSectors());
            }
        }
    }

    /** How much has died so far, whatever became of it. */
    long deadSectors() {
        return deadSectors;
    }

    /** Whether to {@link #reclaim} what had died when the count was this, of a file that was so long. */
    boolean isMuch(long deadSectors, long fileBytes) {
        long deadBytes = Sectors.toBytes(deadSectors - takenUpSectors);
        return !impossible && deadBytes >= Math.max(WORTHWHILE_BYTES, fileBytes / WORTHWHILE_PART);
    }

    /** Whether to do so now: then it is taken care of; what dies later is not. */
    boolean takeUp(long deadSectors, long fileBytes) {
        boolean isMuch = isMuch(deadSectors, fileBytes);
        takenUpSectors = isMuch ? deadSectors : takenUpSectors;
        return isMuch;
    }

    /** Punches holes where none of these segments, which are durable, points to, up to a byte. */
    void reclaim(IndexSnapshot segments, long toBytes, BooleanSupplier stopped) throws IOException {
        long toSector = Sectors.containing(toBytes);
        if (toSector >= MAX_SECTORS) {
            return;
        }
        reclaims++;
        int blockSectors = Math.max(1, file.blockBytes() / BlockDevice.SECTOR_BYTES);
        long liveTo = WritableLayer.FIRST_DATA_SECTOR;
        for (long live : places(segments)) {
            long start = live >>> LENGTH_BITS;
            punch(liveTo, Math.min(start, toSector), blockSectors);
            liveTo = Math.max(liveTo, start + (live & SegmentMapping.MAX_LENGTH_SECTORS));
            if (stopped.getAsBoolean()) {
                return;
            }
        }
        punch(liveTo, toSector, blockSectors);
    }

    /** Where data is, in ascending order: first sector and length in one word. */
    private static long[] places(IndexSnapshot segments) {
        long[] places = new long[segments.size()];
        int count = 0;
        for (IndexSnapshot.Cursor at = segments.endingAfter(0); !at.isEnd(); at.advance()) {
            if (!at.isZeroed()) {
                places[count++] = at.mappedSector() << LENGTH_BITS | SegmentMapping.lengthSectors(at.low());
            }
        }
        long[] sorted = Arrays.copyOf(places, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private void punch(long fromSector, long toSector, int blockSectors) throws IOException {
        long from = (fromSector + blockSectors - 1) / blockSectors * blockSectors;
        long to = toSector / blockSectors * blockSectors;
        if (to - from < SMALLEST_HOLE_SECTORS) {
            return;
        }
        try {
            file.punchHole(Sectors.toBytes(from), Sectors.toBytes(to - from));
        } catch (IOException e) {
            impossible = true;
            throw e;
        }
    }
}
