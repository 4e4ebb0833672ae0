package io.overlaybd.tcmu.loop;

import io.overlaybd.io.metrics.DeviceMeter;

/**
 * Tells a meter of the reads that were served at once, those of a batch together. The clock is a system call on some machines,
 * and such a read little more than one: so only every sixteenth batch is timed, and the ones after it count as if they had taken
 * as long. Numbers and bytes are exact. Thread-confined.
 */
final class BatchMeter {

    private static final int TIMED_BATCHES = 16;

    private int batches;
    private boolean begun;
    private boolean timed;
    private long startNanos;
    private long eachNanos; // in the last batch that was timed
    private int reads;
    private long readBytes;

    /** A batch begins, or perhaps nothing. */
    void reset() {
        begun = false;
    }

    /** A command is taken up. */
    void takeUp() {
        if (!begun) {
            begun = true;
            timed = batches++ % TIMED_BATCHES == 0;
            startNanos = timed ? System.nanoTime() : 0;
        }
    }

    /** A read was served at once. */
    void read(long movedBytes) {
        reads++;
        readBytes += movedBytes;
    }

    /** The batch is answered. */
    void tell(DeviceMeter meter) {
        eachNanos = timed ? System.nanoTime() - startNanos : eachNanos;
        meter.servedAtOnce(reads, readBytes, eachNanos);
        reads = 0;
        readBytes = 0;
    }

    /** Whether there is something to tell. */
    boolean hasReads() {
        return reads > 0;
    }
}
