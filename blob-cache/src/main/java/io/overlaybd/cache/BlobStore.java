package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
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
    private final int windowBytes;
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
                fillWindow(wants(at, windowEnd, window, reader), true, reader);
            }
            dst.position(window.limit());
            at = windowEnd;
        }
    }

    /**
     * Reads from an offset up to the first unit that is not here, or that somebody is working on, and moves the position of
     * {@code dst} as far. Asks no origin and waits for nobody who does; is no hit.
     */
    void readKept(long offsetBytes, ByteBuffer dst) throws IOException {
        int end = dst.limit();
        for (long at = offsetBytes; dst.position() < end; ) {
            int unit = grid.unitAt(at);
            int lengthBytes = (int) Math.min(end - dst.position(), grid.startBytes(unit) + grid.unitBytes() - at);
            dst.limit(dst.position() + lengthBytes);
            boolean isRead =
                    (keeper.units().allVerified(unit, unit) || verifies(unit)) && keeper.tryRead(at, dst, true);
            dst.limit(end);
            if (!isRead) {
                return;
            }
            at += lengthBytes;
        }
    }

    private boolean verifies(int unit) throws IOException {
        Flight claim = keeper.isPresent(unit) ? gate.tryClaim(unit, null) : null;
        if (claim == null) {
            return false;
        }
        try {
            return refill.load(claim);
        } finally {
            gate.release(claim);
        }
    }

    /** Where at or after {@code offsetBytes} the next unit begins that is recorded as here, at most {@code endBytes}. */
    long nextKept(long offsetBytes, long endBytes) {
        for (long at = offsetBytes; at < endBytes; at = grid.startBytes(grid.unitAt(at) + 1)) {
            if (keeper.isPresent(grid.unitAt(at))) {
                return at;
            }
        }
        return endBytes;
    }

    private boolean readStored(long offsetBytes, ByteBuffer dst) throws IOException {
        Stage before = StageTimes.enter(Stage.CACHE_READ);
        try {
            return tryRead(offsetBytes, dst, true);
        } finally {
            StageTimes.leave(before);
        }
    }

    private static void await(List<Want> joined) {
        if (joined.isEmpty()) {
            return;
        }
        Stage before = StageTimes.enter(Stage.SHARED_FETCH);
        joined.forEach(Want::await);
        StageTimes.leave(before);
    }

    /** Brings in what is missing of a range that lies within the blob. */
    void prefetch(long offsetBytes, long lengthBytes, Reader reader) throws IOException {
        long endBytes = offsetBytes + lengthBytes;
        for (long at = offsetBytes; at < endBytes && keeper.keepsUnits(); ) {
            int first = grid.unitAt(at);
            long windowEnd = Math.min(endBytes, grid.startBytes(first) + windowBytes);
            int last = grid.unitAt(windowEnd - 1);
            if (!keeper.units().allVerified(first, last)) {
                fillWindow(wantsOfNothing(first, last, reader), false, reader);
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

    private static List<Want> wantsOfNothing(int first, int last, Reader reader) {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        List<Want> wants = new ArrayList<>();
        for (int unit = first; unit <= last; unit++) {
            wants.add(new Want(reader, unit, 0, 0, nothing, 0));
        }
        return wants;
    }

    private List<Want> wants(long startBytes, long endBytes, ByteBuffer dst, Reader reader) {
        List<Want> wants = new ArrayList<>();
        int base = dst.position();
        for (long at = startBytes; at < endBytes; ) {
            int unit = grid.unitAt(at);
            long start = grid.startBytes(unit);
            long next = Math.min(endBytes, start + grid.unitBytes());
            wants.add(
                    new Want(reader, unit, (int) (at - start), (int) (next - at), dst, base + (int) (at - startBytes)));
            at = next;
        }
        return wants;
    }

    private void fillWindow(List<Want> wants, boolean isRead, Reader reader) throws IOException {
        int end = wants.get(wants.size() - 1).unit() + 1;
        while (!wants.isEmpty()) {
            if (closed) {
                throw new ClosedChannelException();
            }
            RefillGate.Boarding boarding = gate.board(wants, reader);
            if (isRead) {
                widening.widen(boarding.claimed(), end, reader.origin());
                ahead.readerAt(end - 1, reader.origin());
            }
            try {
                refill.run(boarding.claimed(), reader.origin());
            } catch (IOException e) {
                if (!wants.stream().allMatch(Want::isFilled)) { // else it only failed ahead of the reader
                    throw e;
                }
            } finally {
                await(boarding.joined());
            }
            for (Want joined : boarding.joined()) {
                if (joined.isAbandoned()) {
                    throw new ClosedChannelException();
                }
                joined.joined().rethrowFailureOf(reader.origin());
            }
            wants.removeIf(Want::isFilled);
        }
    }

    /** Reads of a reader who is gone, which wait for others' fetches, end with a {@link ClosedChannelException}. */
    void leave(Reader reader) {
        gate.leave(reader);
    }

    /** Drops every unit that touches the range, since a reader found it wrong. */
    void evict(long offsetBytes, long lengthBytes) {
        counters.rejections.increment();
        int last = grid.unitAt(offsetBytes + lengthBytes - 1);
        for (int unit = grid.unitAt(offsetBytes); unit <= last; unit++) {
            Flight claim = gate.claim(unit);
            try {
                drop(List.of(claim));
            } finally {
                gate.release(claim);
            }
        }
    }

    /** Drops the units of a group that nobody is at; answers how many bytes that freed, empty if none can be freed. */
    OptionalLong evictGroup(int group) {
        int groupUnits = keeper.units().groupUnits();
        List<Flight> claims = new ArrayList<>(groupUnits);
        int first = group * groupUnits;
        for (int unit = first; unit < Math.min(first + groupUnits, grid.count()); unit++) {
            Flight claim = gate.tryClaim(unit, null);
            if (claim != null) {
                claims.add(claim);
            }
        }
        try {
            long before = keeper.allocatedBytes();
            boolean gaveBack = drop(claims);
            return gaveBack ? OptionalLong.of(Math.max(0, before - keeper.allocatedBytes())) : OptionalLong.empty();
        } finally {
            claims.forEach(gate::release);
        }
    }

    private boolean drop(List<Flight> claims) {
        counters.evictedUnits.add(
                claims.stream().filter(claim -> keeper.isPresent(claim.unit())).count());
        boolean gaveBack = true;
        for (int done = 0; done < claims.size(); ) {
            int count = Flight.adjacentFrom(claims, done);
            gaveBack &= keeper.drop(claims.get(done).unit(), count);
            done += count;
        }
        return gaveBack;
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
