package io.overlaybd.cache;

import java.io.IOException;

/**
 * How much space the cache takes, and how much it may. Whoever is about to write reserves first, so that the limit holds
 * at every moment; the exact growth is booked when the file tells it.
 *
 * <p>Thread-safety: guarded by the object's monitor.
 */
final class Capacity {

    /** Tells the free space of the cache's file system, in bytes. */
    @FunctionalInterface
    interface FreeSpace {
        long usableBytes() throws IOException;
    }

    /** Free space is asked for again after so much was reserved, or when it seems to be short. */
    private static final long SAMPLE_EVERY_BYTES = 16 << 20;

    private long limitBytes;
    private final long floorBytes;
    private final FreeSpace freeSpace;

    private long usedBytes;
    private long reservedBytes;
    private long estimatedFreeBytes;
    private long reservedSinceSampleBytes = SAMPLE_EVERY_BYTES;

    Capacity(long limitBytes, long floorBytes, FreeSpace freeSpace) {
        this.limitBytes = limitBytes;
        this.floorBytes = floorBytes;
        this.freeSpace = freeSpace;
    }

    synchronized long limitBytes() {
        return limitBytes;
    }

    /** What is over a lower limit has to be evicted by the caller. */
    synchronized void setLimitBytes(long bytes) {
        limitBytes = bytes;
    }

    synchronized long usedBytes() {
        return usedBytes;
    }

    /** Books a change of what the files take. */
    synchronized void book(long growthBytes) {
        usedBytes += growthBytes;
    }

    /** Reserves space for a write; false if limit or floor would be broken. */
    synchronized boolean tryReserve(long bytes) {
        if (reservedSinceSampleBytes >= SAMPLE_EVERY_BYTES || estimatedFreeBytes - bytes < floorBytes) {
            sampleFreeSpace();
        }
        if (overLimit(bytes) > 0 || underFloor(bytes) > 0) {
            return false;
        }
        reservedBytes += bytes;
        reservedSinceSampleBytes += bytes;
        estimatedFreeBytes -= bytes;
        return true;
    }

    /** Ends a reservation; what was really written is booked by then. */
    synchronized void unreserve(long bytes) {
        reservedBytes -= bytes;
    }

    /** How many bytes have to go before {@code bytes} could be reserved; not positive if none. */
    synchronized long shortfall(long bytes) {
        sampleFreeSpace();
        return Math.max(overLimit(bytes), underFloor(bytes));
    }

    private long overLimit(long bytes) {
        return usedBytes + reservedBytes + bytes - limitBytes;
    }

    private long underFloor(long bytes) {
        return floorBytes + bytes - estimatedFreeBytes;
    }

    private void sampleFreeSpace() {
        try {
            estimatedFreeBytes = freeSpace.usableBytes() - reservedBytes;
        } catch (IOException e) {
            estimatedFreeBytes = Long.MAX_VALUE / 2; // unknown: the writes themselves will tell
        }
        reservedSinceSampleBytes = 0;
    }
}
