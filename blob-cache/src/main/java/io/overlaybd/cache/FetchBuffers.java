package io.overlaybd.cache;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Direct memory for bytes between origin and disk, in slabs as large as one request may be, cut into pieces of one
 * unit. Slabs are allocated when they are first needed and kept while any blob is open, so that the bound holds and nothing
 * waits for the garbage collector.
 *
 * <p>A lease waits only while every piece is out, and takes fewer pieces than wanted rather than wait for more. Whoever has
 * a lease must not wait for anyone who may want one.
 *
 * <p>Thread-safety: guarded by the object's monitor; a lease is confined to its taker.
 */
final class FetchBuffers {

    /** A read of so many bytes is one request, wherever it begins, unless one unit is longer. */
    static final int WHOLE_READ_BYTES = 4 << 20;

    /** Such a read ends in the middle of refill units, and 4 MiB that do not compress are a little more in a compressed file. */
    private static final int EXTRA_REFILL_UNITS = 2;

    private record Slab(ByteBuffer memory, BitSet used) {}

    private final int pieceBytes;
    private final int piecesPerSlab;
    private final int maxSlabs;
    private final List<Slab> slabs = new ArrayList<>();

    FetchBuffers(int pieceBytes, int piecesPerRefill, long budgetBytes) {
        this.pieceBytes = pieceBytes;
        piecesPerSlab = (long) pieceBytes * piecesPerRefill >= WHOLE_READ_BYTES
                ? piecesPerRefill
                : WHOLE_READ_BYTES / pieceBytes + EXTRA_REFILL_UNITS * piecesPerRefill;
        long slabBytes = (long) piecesPerSlab * pieceBytes;
        maxSlabs = (int) Math.max(1, Math.min(Integer.MAX_VALUE, budgetBytes / slabBytes));
    }

    int piecesPerRequest() {
        return piecesPerSlab;
    }

    /** Takes at least one piece and at most {@code wanted}, adjacent in memory. Not interruptible: a read does not fail so. */
    synchronized Lease lease(int wanted) {
        boolean interrupted = false;
        Lease lease = tryLease(Math.min(wanted, piecesPerSlab));
        while (lease == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
            lease = tryLease(Math.min(wanted, piecesPerSlab));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return lease;
    }

    private Lease tryLease(int wanted) {
        Lease best = null;
        for (Slab slab : slabs) {
            Lease longest = longestFree(slab, wanted);
            if (longest != null && (best == null || longest.pieces > best.pieces)) {
                best = longest;
            }
        }
        if ((best == null || best.pieces < wanted) && slabs.size() < maxSlabs) {
            Slab slab = new Slab(ByteBuffer.allocateDirect(piecesPerSlab * pieceBytes), new BitSet(piecesPerSlab));
            slabs.add(slab);
            best = new Lease(slab, 0, wanted);
        }
        if (best != null) {
            best.slab.used.set(best.first, best.first + best.pieces);
        }
        return best;
    }

    private Lease longestFree(Slab slab, int wanted) {
        Lease best = null;
        for (int first = slab.used.nextClearBit(0); first < piecesPerSlab; ) {
            int next = slab.used.nextSetBit(first);
            int pieces = Math.min(wanted, (next < 0 ? piecesPerSlab : next) - first);
            if (best == null || pieces > best.pieces) {
                best = new Lease(slab, first, pieces);
            }
            first = next < 0 ? piecesPerSlab : slab.used.nextClearBit(next);
        }
        return best;
    }

    /** Lets slabs go of which no piece is out. */
    synchronized void letGo() {
        slabs.removeIf(slab -> slab.used.isEmpty());
    }

    private synchronized void giveBack(Lease lease) {
        lease.slab.used.clear(lease.first, lease.first + lease.pieces);
        notifyAll();
    }

    /** Some pieces of one slab. Closed exactly once. */
    final class Lease implements AutoCloseable {

        private final Slab slab;
        private final int first;
        private final int pieces;

        private Lease(Slab slab, int first, int pieces) {
            this.slab = slab;
            this.first = first;
            this.pieces = pieces;
        }

        int pieces() {
            return pieces;
        }

        /** The first {@code lengthBytes} bytes from piece {@code piece} of this lease on, as a buffer of their own. */
        ByteBuffer slice(int piece, int lengthBytes) {
            return slab.memory.slice((first + piece) * pieceBytes, lengthBytes);
        }

        @Override
        public void close() {
            giveBack(this);
        }
    }
}
