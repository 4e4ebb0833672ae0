package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets at most one thread work on a refill unit: load, fetch, store or drop it. The others join its {@link Flight} and
 * wait.
 *
 * <p>A reader claims all free units that it wants in one step, works on those, and waits for the ones of others only when
 * its own have landed. So whoever waits holds nothing, and no two readers can wait for each other.
 *
 * <p>Thread-safety: guarded by the object's monitor, which is never held during I/O.
 */
final class RefillGate {

    private final Map<Integer, Flight> flights = new HashMap<>();

    /** What became of a reader's wants. */
    record Boarding(List<Flight> claimed, List<Want> joined) {}

    /**
     * Claims the units that are free, in the order of the wants, and joins the flights of the others.
     *
     * @throws ClosedChannelException if the reader is gone
     */
    synchronized Boarding board(Collection<Want> wants, Reader reader) throws ClosedChannelException {
        if (reader.isGone()) {
            throw new ClosedChannelException();
        }
        Boarding boarding = new Boarding(new ArrayList<>(wants.size()), new ArrayList<>());
        for (Want want : wants) {
            Flight flight = flights.get(want.unit());
            boolean isFree = flight == null;
            if (isFree) {
                flight = new Flight(want.unit(), reader.origin());
                flights.put(want.unit(), flight);
                boarding.claimed.add(flight);
            } else {
                boarding.joined.add(want);
            }
            want.board(flight, !isFree);
            flight.wants().add(want);
        }
        return boarding;
    }

    /** Takes a reader who is gone out of the flights that others make for him. What has landed in part, he still waits for. */
    synchronized void leave(Reader reader) {
        for (Flight flight : flights.values()) {
            flight.wants().removeIf(want -> {
                boolean leaves = want.reader() == reader && want.joined() == flight;
                if (leaves) {
                    want.abandon();
                }
                return leaves;
            });
        }
    }

    /** Claims a unit that nobody waits for, for work that brings no bytes if the origin is null; null if somebody is at it. */
    synchronized Flight tryClaim(int unit, BlobOrigin origin) {
        Flight flight = new Flight(unit, origin);
        return flights.putIfAbsent(unit, flight) == null ? flight : null;
    }

    /** Claims a unit, after whoever is at it. The caller holds no other. */
    Flight claim(int unit) {
        while (true) {
            Flight other;
            synchronized (this) {
                other = flights.get(unit);
                if (other == null) {
                    return tryClaim(unit, null);
                }
            }
            other.await();
        }
    }

    /** Ends a flight with the bytes of its unit. */
    void land(Flight flight, ByteBuffer unitBytes) {
        takeOut(flight);
        flight.wants().forEach(want -> want.fill(unitBytes));
        flight.land(null);
    }

    /** Ends a flight without bytes: who waits tries again. */
    void release(Flight flight) {
        takeOut(flight);
        flight.land(null);
    }

    /** Ends a flight with a failure, which those who wait share and nobody keeps. */
    void fail(Flight flight, Throwable failure) {
        takeOut(flight);
        flight.land(failure);
    }

    private synchronized void takeOut(Flight flight) {
        flights.remove(flight.unit(), flight);
    }
}
