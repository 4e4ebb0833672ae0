package io.overlaybd.service.prefetch;

import io.overlaybd.cache.CachedBlobSource;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.StoredRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Makes few requests of many reads. Reads are taken in their order, so many at a time as touch {@value #BATCH_UNITS} refill units;
 * what they touch of one blob is joined where no more than {@value #GAP_BYTES} bytes lie between, up to {@value #MAX_REQUEST_BYTES}
 * bytes, and goes out in the order in which the first read of each piece came. Reads of layers that are not remote, or of what a layer does not have, are left out.
 *
 * <p>Memory: a batch, whatever the trace says. Thread-safety: guarded by the monitor.
 */
final class ReplayPlan {

    static final int MAX_REQUEST_BYTES = 1 << 20;
    static final int BATCH_UNITS = 8192;

    /** To fetch so much in vain costs less than another request. */
    static final int GAP_BYTES = 16 << 10;

    /** What one request is to bring: whole refill units, the last perhaps cut at the end of the blob. */
    record Piece(CachedBlobSource blob, long offsetBytes, long lengthBytes, int firstRead) {}

    private final List<TraceRead> reads;
    private final IntFunction<BlobSource> layers;
    private final Map<CachedBlobSource, TreeMap<Long, Integer>> units = new HashMap<>();
    private final List<Piece> batch = new ArrayList<>();
    private int nextRead;
    private long doneOfRead;
    private int nextPiece;

    /** {@code layers} gives the bytes of a layer, null if there is none of that number. */
    ReplayPlan(List<TraceRead> reads, IntFunction<BlobSource> layers) {
        this.reads = reads;
        this.layers = layers;
    }

    /** The next piece, null after the last. */
    synchronized Piece next() {
        while (nextPiece == batch.size() && nextRead < reads.size()) {
            takeBatch();
        }
        return nextPiece < batch.size() ? batch.get(nextPiece++) : null;
    }

    private void takeBatch() {
        int unitsLeft = BATCH_UNITS;
        while (nextRead < reads.size() && unitsLeft > 0) {
            unitsLeft -= takeRead(unitsLeft);
        }
        batch.clear();
        nextPiece = 0;
        units.forEach(this::join);
        units.clear();
        batch.sort(Comparator.comparingInt(Piece::firstRead));
    }

    /** Takes at most so many units of the next read; answers how many. The rest, if there is one, is the next read. */
    private int takeRead(int maxUnits) {
        TraceRead read = reads.get(nextRead);
        StoredRange range = stored(read);
        if (range == null || !(range.source() instanceof CachedBlobSource blob)) {
            nextRead++;
            return 0;
        }
        long unitBytes = blob.unitBytes();
        long first = (range.offsetBytes() + doneOfRead) / unitBytes;
        long end = (range.endBytes() + unitBytes - 1) / unitBytes;
        int count = (int) Math.min(end - first, maxUnits);
        TreeMap<Long, Integer> ofBlob = units.computeIfAbsent(blob, none -> new TreeMap<>());
        for (long unit = first; unit < first + count; unit++) {
            ofBlob.putIfAbsent(unit, nextRead);
        }
        doneOfRead += count * unitBytes;
        if (first + count == end) {
            nextRead++;
            doneOfRead = 0;
        }
        return count;
    }

    private StoredRange stored(TraceRead read) {
        BlobSource layer = layers.apply(read.layer());
        try {
            return layer == null ? null : layer.stored(read.offsetBytes(), read.lengthBytes());
        } catch (IOException notInThisLayer) {
            return null;
        }
    }

    private void join(CachedBlobSource blob, TreeMap<Long, Integer> wanted) {
        long most = Math.max(1, MAX_REQUEST_BYTES / blob.unitBytes());
        long gap = GAP_BYTES / blob.unitBytes();
        List<Map.Entry<Long, Integer>> entries = List.copyOf(wanted.entrySet());
        for (int i = 0; i < entries.size(); ) {
            long start = entries.get(i).getKey();
            long end = start;
            int firstRead = Integer.MAX_VALUE;
            while (i < entries.size()
                    && entries.get(i).getKey() <= end + gap
                    && entries.get(i).getKey() < start + most) {
                firstRead = Math.min(firstRead, entries.get(i).getValue());
                end = entries.get(i).getKey() + 1;
                i++;
            }
            long atBytes = start * blob.unitBytes();
            long lengthBytes = Math.min((end - start) * blob.unitBytes(), blob.sizeBytes() - atBytes);
            batch.add(new Piece(blob, atBytes, lengthBytes, firstRead));
        }
    }
}
