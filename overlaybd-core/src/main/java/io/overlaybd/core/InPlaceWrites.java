package io.overlaybd.core;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Lock;

/**
 * Tells readers of a file, without a lock, whether bytes that they read were being overwritten: not every file system keeps
 * a read from seeing half of a sector. Each region of 64 KiB has a counter, which is odd while the region is being
 * overwritten; regions a multiple of 64 MiB apart share one. A reader whose stamp does not hold any more reads again.
 *
 * <p>Thread-safety: any thread may read; at most one may overwrite at a time, which is for the owner to see to.
 */
final class InPlaceWrites {

    /** The stamp of bytes that are just being overwritten. */
    static final long BUSY = -1;

    private static final int REGION_BITS = 16;
    private static final int COUNTERS = 1024;
    private static final int ATTEMPTS = 3;

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);

    /** A read at a byte, which may answer false if it must not wait. */
    @FunctionalInterface
    interface Read {
        boolean run(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException;
    }

    /**
     * Reads until nothing was overwritten meanwhile; after a few attempts it takes the lock that whoever overwrites holds. Answers
     * false if it must not wait but would have to.
     */
    boolean read(long offsetBytes, ByteBuffer dst, boolean mayWait, Lock overwriting, Read read) throws IOException {
        int start = dst.position();
        int length = dst.remaining();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long stamp = stamp(offsetBytes, length);
            if (stamp != BUSY) {
                boolean done = read.run(offsetBytes, dst, mayWait);
                if (!done || holds(stamp, offsetBytes, length)) {
                    return done;
                }
                dst.position(start);
            }
            if (!mayWait) {
                return false;
            }
        }
        overwriting.lock();
        try {
            return read.run(offsetBytes, dst, true);
        } finally {
            overwriting.unlock();
        }
    }

    /** Comes before overwriting a range. */
    void begin(long offsetBytes, long lengthBytes) {
        countUp(offsetBytes, lengthBytes);
        VarHandle.fullFence();
    }

    /** Comes after it, with the same range, whatever happened. */
    void end(long offsetBytes, long lengthBytes) {
        VarHandle.fullFence();
        countUp(offsetBytes, lengthBytes);
    }

    private void countUp(long offsetBytes, long lengthBytes) {
        long first = offsetBytes >>> REGION_BITS;
        for (int i = 0; i < regions(offsetBytes, lengthBytes); i++) {
            counters.incrementAndGet((int) ((first + i) % COUNTERS));
        }
    }

    private static int regions(long offsetBytes, long lengthBytes) {
        if (lengthBytes == 0) {
            return 0;
        }
        long last = (offsetBytes + lengthBytes - 1) >>> REGION_BITS;
        return (int) Math.min(COUNTERS, last - (offsetBytes >>> REGION_BITS) + 1);
    }

    /** Comes before reading a range; {@link #BUSY} if that is of no use now. */
    long stamp(long offsetBytes, long lengthBytes) {
        long first = offsetBytes >>> REGION_BITS;
        long sum = 0;
        for (int i = 0; i < regions(offsetBytes, lengthBytes); i++) {
            long count = counters.get((int) ((first + i) % COUNTERS));
            if (count % 2 != 0) {
                return BUSY;
            }
            sum += count;
        }
        VarHandle.fullFence();
        return sum;
    }

    /** Whether nothing of the range was overwritten since the stamp: counters only grow, so that their sum tells. */
    boolean holds(long stamp, long offsetBytes, long lengthBytes) {
        VarHandle.fullFence();
        return stamp(offsetBytes, lengthBytes) == stamp;
    }
}
