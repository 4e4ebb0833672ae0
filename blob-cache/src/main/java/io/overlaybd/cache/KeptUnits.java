package io.overlaybd.cache;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What is here of one open blob, for who wants that and no more: a download, which fetches the rest itself. Thread-safe. */
final class KeptUnits {

    private final UnitGrid grid;
    private final UnitKeeper keeper;
    private final RefillGate gate;
    private final Refill refill;

    KeptUnits(UnitGrid grid, UnitKeeper keeper, RefillGate gate, Refill refill) {
        this.grid = grid;
        this.keeper = keeper;
        this.gate = gate;
        this.refill = refill;
    }

    /**
     * Reads from an offset up to the first unit that is not here, or that somebody is working on, and moves the position of
     * {@code dst} as far. Asks no origin and waits for nobody who does; is no hit.
     */
    void read(long offsetBytes, ByteBuffer dst) throws IOException {
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
    long next(long offsetBytes, long endBytes) {
        for (long at = offsetBytes; at < endBytes; at = grid.startBytes(grid.unitAt(at) + 1)) {
            if (keeper.isPresent(grid.unitAt(at))) {
                return at;
            }
        }
        return endBytes;
    }
}
