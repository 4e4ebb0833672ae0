package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * One thread's exclusive work on one refill unit, and those who wait for it. Made and ended by the {@link RefillGate}. It
 * ends with the bytes given to all who wait, with a failure, or with neither: then they try again.
 */
final class Flight {

    private final int unit;
    private final BlobOrigin origin;
    private final CountDownLatch landed = new CountDownLatch(1);

    /** Guarded by the gate until the flight is out of it, then only its maker's. */
    private final List<Want> wants = new ArrayList<>(1);

    /** Written before the landing, read after it. */
    private Throwable failure;

    /** A flight over {@code origin}; null for one that brings no bytes. */
    Flight(int unit, BlobOrigin origin) {
        this.unit = unit;
        this.origin = origin;
    }

    /** How many flights from index {@code from} on are of adjacent units. */
    static int adjacentFrom(List<Flight> flights, int from) {
        int next = from + 1;
        while (next < flights.size() && flights.get(next).unit == flights.get(next - 1).unit + 1) {
            next++;
        }
        return next - from;
    }

    int unit() {
        return unit;
    }

    List<Want> wants() {
        return wants;
    }

    void land(Throwable withFailure) {
        failure = withFailure;
        landed.countDown();
        wants.forEach(Want::end);
    }

    boolean hasLanded() {
        return landed.getCount() == 0;
    }

    /** Waits for the landing. Not interruptible. */
    void await() {
        await(landed);
    }

    static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Throws the failure, unless another origin failed than the one that the caller would ask. */
    void rethrowFailureOf(BlobOrigin own) throws IOException {
        if (failure == null || origin != own) {
            return;
        }
        if (failure instanceof IOException e) {
            throw e;
        }
        throw new IllegalStateException("the fetch that this read had joined failed", failure);
    }
}
