package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings claimed units in: from the disk where they are stored and right, the others from the origin, adjacent ones in one
 * request. Every flight it is given has landed when it returns or throws.
 *
 * <p>Bytes always pass through memory of our own, never straight into a reader's buffer: that may belong to a guest, who
 * could change them between checksum and disk.
 *
 * <p>Thread-safe.
 */
final class Refill {

    private final UnitGrid grid;
    private final UnitKeeper keeper;
    private final RefillGate gate;
    private final FetchBuffers buffers;
    private final Turns turns;
    private final Counters counters;

    Refill(UnitGrid grid, UnitKeeper keeper, RefillGate gate, CacheServices services, Counters counters) {
        this.grid = grid;
        this.keeper = keeper;
        this.gate = gate;
        this.buffers = services.buffers();
        this.turns = services.turns();
        this.counters = counters;
    }

    /** For readers that wait. Works on flights in ascending order of their units. */
    void run(List<Flight> claimed, BlobOrigin origin) throws IOException {
        run(claimed, origin, null);
    }

    /** The same of what nobody waits for yet, in a turn of the background. */
    void runAhead(List<Flight> claimed, BlobOrigin origin, Turns.Turn turn) throws IOException {
        run(claimed, origin, turn);
    }

    private void run(List<Flight> claimed, BlobOrigin origin, Turns.Turn turn) throws IOException {
        try {
            for (int done = 0; done < claimed.size(); ) {
                List<Flight> adjacent = claimed.subList(done, done + Flight.adjacentFrom(claimed, done));
                try (FetchBuffers.Lease lease = buffers.lease(adjacent.size())) {
                    List<Flight> part = adjacent.subList(0, Math.min(adjacent.size(), lease.pieces()));
                    bringIn(part, lease, origin, turn);
                    done += part.size();
                }
            }
        } catch (Throwable failure) {
            claimed.stream().filter(flight -> !flight.hasLanded()).forEach(flight -> end(flight, failure, turn));
            throw failure;
        }
    }

    /** Verifies a unit that is stored; the flight stays its maker's. */
    boolean load(Flight claimed) {
        try (FetchBuffers.Lease lease = buffers.lease(1)) {
            return keeper.load(claimed.unit(), lease.slice(0, grid.lengthBytes(claimed.unit())));
        }
    }

    /** Who has joined what nobody waited for at first tries himself. */
    private void end(Flight flight, Throwable failure, Turns.Turn turn) {
        if (turn != null) {
            gate.release(flight);
        } else {
            gate.fail(flight, failure);
        }
    }

    private void bringIn(List<Flight> adjacent, FetchBuffers.Lease lease, BlobOrigin origin, Turns.Turn turn)
            throws IOException {
        List<Flight> missing = new ArrayList<>(adjacent.size());
        for (int piece = 0; piece < adjacent.size(); piece++) {
            Flight flight = adjacent.get(piece);
            ByteBuffer bytes = lease.slice(piece, grid.lengthBytes(flight.unit()));
            if (keeper.load(flight.unit(), bytes)) {
                gate.land(flight, bytes);
            } else {
                missing.add(flight);
            }
        }
        for (int done = 0; done < missing.size(); ) {
            int count = Flight.adjacentFrom(missing, done);
            fetch(missing.subList(done, done + count), lease, origin, turn);
            done += count;
        }
    }

    /** Fetches adjacent units into the start of the lease; what was loaded there has been handed out by now. */
    private void fetch(List<Flight> adjacent, FetchBuffers.Lease lease, BlobOrigin origin, Turns.Turn turn)
            throws IOException {
        int first = adjacent.get(0).unit();
        int lengthBytes = (int) grid.lengthBytes(first, adjacent.size());
        fetch(grid.startBytes(first), lease.slice(0, lengthBytes), origin, turn);
        keeper.keep(first, adjacent.size(), lease.slice(0, lengthBytes));
        for (int piece = 0; piece < adjacent.size(); piece++) {
            Flight flight = adjacent.get(piece);
            gate.land(flight, lease.slice(piece, grid.lengthBytes(flight.unit())));
        }
    }

    private void fetch(long offsetBytes, ByteBuffer dst, BlobOrigin origin, Turns.Turn turn) throws IOException {
        if (turn != null) {
            int lengthBytes = dst.remaining();
            fetch(offsetBytes, dst, origin, turn::arrived);
            counters.bytesAhead.add(lengthBytes);
            return;
        }
        turns.readerBegins();
        try {
            fetch(offsetBytes, dst, origin, lengthBytes -> {});
        } finally {
            turns.readerEnds();
        }
    }

    private void fetch(long offsetBytes, ByteBuffer dst, BlobOrigin origin, BlobOrigin.Arrivals arrivals)
            throws IOException {
        int wantedBytes = dst.remaining();
        Link.Fetch fetch = turns.link().begin();
        long foundBytes = origin.fetch(offsetBytes, dst, arrivals);
        if (foundBytes != grid.blobBytes()) {
            keeper.condemn();
            throw new IOException(origin.name() + ": length of the blob: expected " + grid.blobBytes()
                    + " as when it was first asked, found " + foundBytes);
        }
        if (dst.position() != wantedBytes) {
            throw new EOFException(origin.name() + ": at byte " + offsetBytes + ": expected " + wantedBytes
                    + " bytes, found " + dst.position());
        }
        turns.link().end(fetch, wantedBytes);
        counters.fetched(wantedBytes);
    }
}
