package io.overlaybd.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Gives units of one open blob up: since a reader found them wrong, or to make room. Thread-safe. */
final class UnitDropper {

    private final UnitGrid grid;
    private final UnitKeeper keeper;
    private final RefillGate gate;
    private final Counters counters;

    UnitDropper(UnitGrid grid, UnitKeeper keeper, RefillGate gate, Counters counters) {
        this.grid = grid;
        this.keeper = keeper;
        this.gate = gate;
        this.counters = counters;
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

    /**
     * Drops the units of a group that nobody is at; answers how many bytes that freed, empty if none can be freed. A group of
     * which anything may be left counts as used, so that it is proposed again.
     */
    OptionalLong evictGroup(int group) {
        int groupUnits = keeper.units().groupUnits();
        List<Flight> claims = new ArrayList<>(groupUnits);
        int first = group * groupUnits;
        int end = Math.min(first + groupUnits, grid.count());
        for (int unit = first; unit < end; unit++) {
            Flight claim = gate.tryClaim(unit, null);
            if (claim != null) {
                claims.add(claim);
            }
        }
        try {
            long before = keeper.allocatedBytes();
            boolean gaveBack = drop(claims);
            if (!gaveBack || claims.size() < end - first) {
                keeper.units().touchGroup(group);
            }
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
}
