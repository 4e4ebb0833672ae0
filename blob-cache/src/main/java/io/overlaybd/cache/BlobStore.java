package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/**
 * One open blob, shared by everyone who has it open. What is verified is read at once; everything else goes through the
 * gate, in windows as long as one request may be. Thread-safe.
 */
final class BlobStore implements Closeable {

    private final int id;
    private final UnitGrid grid;
    private final UnitKeeper keeper;
    private final Counters counters;
    private final RefillGate gate = new RefillGate();
    private final Refill refill;
    private final Widening widening;
    private final AheadFetcher ahead;
    private final KeptUnits kept;
    private final UnitDropper dropper;
    private final int windowBytes;
    private final Object boardingInTurn = new Object();
    private volatile boolean closed;

    BlobStore(int id, UnitGrid grid, UnitKeeper keeper, CacheServices services, Counters counters) {
        this.id = id;
        this.grid = grid;
        this.keeper = keeper;
        this.counters = counters;
        this.refill = new Refill(grid, keeper, gate, services, counters);
        ReadAhead readAhead = new ReadAhead(grid.unitBytes(), services.options().unitsPerRefill());
        this.widening = new Widening(grid, keeper, gate, readAhead, services.options());
        this.ahead = new AheadFetcher(grid, keeper, gate, refill, readAhead, services);
        this.kept = new KeptUnits(grid, keeper, gate, refill);
        this.dropper = new UnitDropper(grid, keeper, gate, counters);
        this.windowBytes = services.buffers().piecesPerRequest() * grid.unitBytes();
    }

    /** Tells this store from every other of the same cache. */
    int id() {
        return id;
    }

    int unitBytes() {
        return grid.unitBytes();
    }

    long sizeBytes() {
        return grid.blobBytes();
    }

    CacheMetrics metrics() {
        return counters.snapshot();
    }

    /**
     * Reads a range that lies within the blob if all of it is verified; else leaves the position of {@code dst}.
     *
     * @param mayWait for the disk
     */
    boolean tryRead(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        int lengthBytes = dst.remaining();
        if (lengthBytes == 0) {
            return true;
        }
        if (!keeper.tryRead(offsetBytes, dst, mayWait)) {
            return false;
        }
        counters.hit(lengthBytes);
        return true;
    }

    /** Reads a range that lies within the blob; what is missing comes from the reader's origin. */
    void read(long offsetBytes, ByteBuffer dst, Reader reader) throws IOException {
        if (readStored(offsetBytes, dst)) {
            return;
        }
        counters.misses.increment();
        long endBytes = offsetBytes + dst.remaining();
        for (long at = offsetBytes; at < endBytes; ) {
            long windowEnd = Math.min(endBytes, grid.startBytes(grid.unitAt(at)) + windowBytes);
            ByteBuffer window = dst.duplicate().limit(dst.position() + (int) (windowEnd - at));
            if (!keeper.tryRead(at, window, true)) {
                fillWindow(Want.of(grid, at, windowEnd, window, reader), true, reader);
            }
            dst.position(window.limit());
            at = windowEnd;
        }
    }

    private boolean readStored(long offsetBytes, ByteBuffer dst) throws IOException {
        Stage before = StageTimes.enter(Stage.CACHE_READ);
        try {
            return tryRead(offsetBytes, dst, true);
        } finally {
            StageTimes.leave(before);
        }
    }

    /** {@link KeptUnits#read}. */
    void readKept(long offsetBytes, ByteBuffer dst) throws IOException {
        kept.read(offsetBytes, dst);
    }

    /** {@link KeptUnits#next}. */
    long nextKept(long offsetBytes, long endBytes) {
        return kept.next(offsetBytes, endBytes);
    }

    /** Brings in what is missing of a range that lies within the blob. */
    void prefetch(long offsetBytes, long lengthBytes, Reader reader) throws IOException {
        long endBytes = offsetBytes + lengthBytes;
        for (long at = offsetBytes; at < endBytes && keeper.keepsUnits(); ) {
            int first = grid.unitAt(at);
            long windowEnd = Math.min(endBytes, grid.startBytes(first) + windowBytes);
            int last = grid.unitAt(windowEnd - 1);
            if (!keeper.units().allVerified(first, last)) {
                fillWindow(Want.ofNothing(first, last, reader), false, reader);
            }
            at = windowEnd;
        }
    }

    /** Brings in what is missing of a range that lies within the blob, after what readers wait for. */
    void fetchInBackground(long offsetBytes, long lengthBytes, BlobOrigin origin) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (lengthBytes > 0) {
            ahead.fetch(grid.unitAt(offsetBytes), grid.unitAt(offsetBytes + lengthBytes - 1) + 1, origin);
        }
    }

    private void fillWindow(List<Want> wants, boolean isRead, Reader reader) throws IOException {
        int end = wants.get(wants.size() - 1).unit() + 1;
        while (!wants.isEmpty()) {
            if (closed) {
                throw new ClosedChannelException();
            }
            RefillGate.Boarding boarding = isRead ? boardWidely(wants, end, reader) : gate.board(wants, reader);
            try {
                refill.run(boarding.claimed(), reader.origin());
            } catch (IOException e) {
                if (!wants.stream().allMatch(Want::isFilled)) { // else it only failed ahead of the reader
                    throw e;
                }
            } finally {
                await(boarding.joined());
            }
            endJoined(boarding.joined(), reader);
            wants.removeIf(Want::isFilled);
        }
    }

    /** One reader after the other: of two who come to one refill unit at the same time the second finds the first's request. */
    private RefillGate.Boarding boardWidely(List<Want> wants, int end, Reader reader) throws ClosedChannelException {
        RefillGate.Boarding boarding;
        synchronized (boardingInTurn) {
            boarding = gate.board(wants, reader);
            widening.widen(boarding.claimed(), end, reader.origin());
        }
        ahead.readerAt(end - 1, reader.origin());
        return boarding;
    }

    private static void await(List<Want> joined) {
        if (joined.isEmpty()) {
            return;
        }
        Stage before = StageTimes.enter(Stage.SHARED_FETCH);
        joined.forEach(Want::await);
        StageTimes.leave(before);
    }

    private static void endJoined(List<Want> joined, Reader reader) throws IOException {
        for (Want want : joined) {
            if (want.isAbandoned()) {
                throw new ClosedChannelException();
            }
            want.joined().rethrowFailureOf(reader.origin());
        }
    }

    /** Reads of a reader who is gone, which wait for others' fetches, end with a {@link ClosedChannelException}. */
    void leave(Reader reader) {
        gate.leave(reader);
    }

    /** {@link UnitDropper#evict}. */
    void evict(long offsetBytes, long lengthBytes) {
        dropper.evict(offsetBytes, lengthBytes);
    }

    /** {@link UnitDropper#evictGroup}. */
    OptionalLong evictGroup(int group) {
        return dropper.evictGroup(group);
    }

    /** Has {@link #drainTouched} tell of a group. */
    void touchGroup(int group) {
        keeper.units().touchGroup(group);
    }

    /** Tells the groups that were used since the last time. */
    void drainTouched(IntConsumer visitor) {
        keeper.units().drainTouched(visitor);
    }

    /** Reads under way end normally, or with a {@link ClosedChannelException}. */
    @Override
    public void close() {
        closed = true;
        keeper.close();
    }
}
