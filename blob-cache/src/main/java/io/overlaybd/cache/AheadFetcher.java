package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches of one blob that nobody waits for yet: what a trace says, and what lies before readers that go forward. Thread-safe.
 *
 * <p>Reads of what is here pass by without a lock, so a reader that finds everything here would not be heard of. Therefore the first
 * unit of each request that was made ahead of a reader is left unverified: reading it takes the long way, past {@link #readerAt}.
 */
final class AheadFetcher {

    private static final Logger LOG = LoggerFactory.getLogger(AheadFetcher.class);

    private final UnitGrid grid;
    private final UnitKeeper keeper;
    private final RefillGate gate;
    private final Refill refill;
    private final ReadAhead readAhead;
    private final CacheServices services;
    private final int requestUnits;

    AheadFetcher(
            UnitGrid grid,
            UnitKeeper keeper,
            RefillGate gate,
            Refill refill,
            ReadAhead readAhead,
            CacheServices services) {
        this.grid = grid;
        this.keeper = keeper;
        this.gate = gate;
        this.refill = refill;
        this.readAhead = readAhead;
        this.services = services;
        this.requestUnits = Math.max(1, ReadAhead.MAX_REQUEST_BYTES / grid.unitBytes());
    }

    /** Fetches what is missing, in requests of at most 1 MiB, each when its turn has come; returns when that is done. */
    void fetch(int first, int end, BlobOrigin origin) throws IOException {
        for (int unit = first; unit < end && keeper.keepsUnits(); unit += requestUnits) {
            fetchOnce(unit, Math.min(unit + requestUnits, end), origin);
        }
    }

    private void fetchOnce(int first, int end, BlobOrigin origin) throws IOException {
        if (isHere(first, end)) {
            return;
        }
        long bytes = grid.lengthBytes(first, end - first);
        try (Turns.Turn turn = services.turns().takeInBackground(bytes)) {
            refill.runAhead(claimAbsent(first, end, origin), origin, turn);
        }
    }

    private boolean isHere(int first, int end) {
        for (int unit = first; unit < end; unit++) {
            if (!keeper.isPresent(unit)) {
                return false;
            }
        }
        return true;
    }

    private List<Flight> claimAbsent(int first, int end, BlobOrigin origin) {
        List<Flight> claimed = new ArrayList<>(end - first);
        for (int unit = first; unit < end; unit++) {
            Flight flight = keeper.isPresent(unit) ? null : gate.tryClaim(unit, origin);
            if (flight != null) {
                claimed.add(flight);
            }
        }
        return claimed;
    }

    /** A reader has come to a unit, not along the short way: fetches ahead of him, without making him wait. */
    void readerAt(int unit, BlobOrigin origin) {
        long windowBytes = Math.min(
                services.turns().link().windowBytes(), services.options().readAheadBytes());
        if (windowBytes == 0 || !keeper.keepsUnits() || services.turns().areReadersBusy()) {
            return;
        }
        ReadAhead.Stretch stretch = readAhead.beyond(unit, (int) (windowBytes / grid.unitBytes()));
        int end = Math.min(stretch.end(), grid.count());
        for (int first = stretch.first(); first < end; first += requestUnits) {
            int from = first;
            int to = Math.min(first + requestUnits, end);
            services.background().run(() -> fetchAheadOfReader(from, to, origin));
        }
    }

    private void fetchAheadOfReader(int first, int end, BlobOrigin origin) {
        if (services.turns().areReadersBusy()) {
            return; // it comes when they ask for it
        }
        try {
            fetchOnce(first, end, origin);
            leaveUnverified(first);
        } catch (IOException e) {
            LOG.debug("{}: nothing fetched ahead of a reader: {}", origin.name(), e.toString());
        }
    }

    private void leaveUnverified(int unit) {
        Flight claim = gate.tryClaim(unit, null);
        if (claim != null) {
            keeper.distrust(unit);
            gate.release(claim);
        }
    }
}
