package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.util.ArrayList;
import java.util.List;

/**
 * Lengthens a request that is made in any case: to whole refill units, and ahead of who goes forward. Only by units that are
 * neither here nor on their way, and not where they could not be kept. Thread-safe.
 */
final class Widening {

    private final UnitGrid grid;
    private final UnitKeeper keeper;
    private final RefillGate gate;
    private final ReadAhead readAhead;
    private final int refillUnits;
    private final boolean readsAhead;

    Widening(UnitGrid grid, UnitKeeper keeper, RefillGate gate, ReadAhead readAhead, CacheOptions options) {
        this.grid = grid;
        this.keeper = keeper;
        this.gate = gate;
        this.readAhead = readAhead;
        this.refillUnits = options.unitsPerRefill();
        this.readsAhead = options.readAheadBytes() > 0;
    }

    /**
     * Claims more.
     *
     * @param claimed of a reader, ascending; what is added keeps them so
     * @param end the unit after the last that he wants
     */
    void widen(List<Flight> claimed, int end, BlobOrigin origin) {
        if (claimed.isEmpty() || !keeper.keepsUnits()) {
            return;
        }
        claimBefore(claimed, origin);
        int last = claimed.get(claimed.size() - 1).unit();
        if (keeper.isPresent(last)) {
            return;
        }
        claimUpTo(claimed, roundUp(last + 1), origin);
        int reached = claimed.get(claimed.size() - 1).unit() + 1;
        if (readsAhead && reached >= end) {
            int ahead = readAhead.unitsAfter(claimed.get(0).unit(), reached - 1);
            claimUpTo(claimed, roundUp(reached + ahead), origin);
        }
    }

    private int roundUp(int unit) {
        return Math.min((unit + refillUnits - 1) / refillUnits * refillUnits, grid.count());
    }

    private void claimBefore(List<Flight> claimed, BlobOrigin origin) {
        int first = claimed.get(0).unit();
        int start = first / refillUnits * refillUnits;
        if (first == start || keeper.isPresent(first)) {
            return;
        }
        List<Flight> before = new ArrayList<>(refillUnits);
        for (int unit = first - 1; unit >= start && !keeper.isPresent(unit); unit--) {
            Flight flight = gate.tryClaim(unit, origin);
            if (flight == null) {
                break; // somebody else brings it in
            }
            before.add(0, flight);
        }
        claimed.addAll(0, before);
    }

    private void claimUpTo(List<Flight> claimed, int end, BlobOrigin origin) {
        for (int unit = claimed.get(claimed.size() - 1).unit() + 1; unit < end && !keeper.isPresent(unit); unit++) {
            Flight flight = gate.tryClaim(unit, origin);
            if (flight == null) {
                return;
            }
            claimed.add(flight);
        }
    }
}
