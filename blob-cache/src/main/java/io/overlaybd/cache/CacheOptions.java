package io.overlaybd.cache;

import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;

/**
 * How a cache is run. Immutable.
 *
 * @param directory where the blobs lie, created if absent; the presence records lie in a second directory beside it
 * @param limitBytes space that blobs and records may take together
 * @param refillUnitBytes what is fetched, checked and given up at once: a power of two from 4096 to 16 MiB
 * @param freeSpaceFloorBytes free space of the file system below which nothing is written and blobs are given up
 * @param fetchMemoryBytes direct memory for bytes on their way from the origin to the disk; at least one request of 4 MiB
 *     or one unit is always granted
 * @param readAheadBytes how far ahead of a reader that goes forward to fetch at most; 0 for never
 * @param clock tells when a blob was used last
 */
public record CacheOptions(
        Path directory,
        long limitBytes,
        int refillUnitBytes,
        long freeSpaceFloorBytes,
        long fetchMemoryBytes,
        long readAheadBytes,
        InstantSource clock) {

    private static final long GIB = 1L << 30;
    private static final long DEFAULT_LIMIT_BYTES = 4 * GIB;
    private static final int DEFAULT_REFILL_UNIT_BYTES = 256 << 10;
    private static final int MAX_PRESENCE_UNIT_BYTES = 8 << 10;
    private static final int GROUP_REFILL_UNITS = 16;
    private static final long DEFAULT_FLOOR_BYTES = GIB;
    private static final long DEFAULT_FETCH_MEMORY_BYTES = 32 << 20;
    private static final long DEFAULT_READ_AHEAD_BYTES = 8 << 20;

    /** Refuses a unit that is no power of two in range, and negative lengths. */
    public CacheOptions {
        if (!UnitGrid.isUnitLength(refillUnitBytes)) {
            throw new IllegalArgumentException("refill unit: expected a power of two from " + UnitGrid.MIN_UNIT_BYTES
                    + " to " + UnitGrid.MAX_UNIT_BYTES + " bytes, found " + refillUnitBytes);
        }
        if (limitBytes < 0 || freeSpaceFloorBytes < 0 || fetchMemoryBytes < 0 || readAheadBytes < 0) {
            throw new IllegalArgumentException("negative length: limit " + limitBytes + ", free-space floor "
                    + freeSpaceFloorBytes + ", fetch memory " + fetchMemoryBytes + ", read-ahead " + readAheadBytes);
        }
    }

    /**
     * What is known to be present or not, has a checksum, is fetched when it is known to be needed, and is given up: refill units
     * are fetched for who asks for a part of them, since he is likely to ask for the rest; a trace knows better.
     */
    int unitBytes() {
        return Math.min(refillUnitBytes, MAX_PRESENCE_UNIT_BYTES);
    }

    /** Units in a refill unit. */
    int unitsPerRefill() {
        return refillUnitBytes / unitBytes();
    }

    /** Units that eviction takes at once: 16 refill units, as long as they are not very long ones. */
    int unitsPerGroup() {
        return Math.min(GROUP_REFILL_UNITS * unitsPerRefill(), UnitMap.CHUNK_UNITS);
    }

    /** The defaults of the original: 4 GiB, units of 256 KiB, 1 GiB kept free. */
    public static CacheOptions defaults(Path directory) {
        return new CacheOptions(
                directory,
                DEFAULT_LIMIT_BYTES,
                DEFAULT_REFILL_UNIT_BYTES,
                DEFAULT_FLOOR_BYTES,
                DEFAULT_FETCH_MEMORY_BYTES,
                DEFAULT_READ_AHEAD_BYTES,
                Clock.systemUTC());
    }

    /** These options with another limit. */
    public CacheOptions withLimitBytes(long bytes) {
        return new CacheOptions(
                directory, bytes, refillUnitBytes, freeSpaceFloorBytes, fetchMemoryBytes, readAheadBytes, clock);
    }

    /** These options with another refill unit. */
    public CacheOptions withRefillUnitBytes(int bytes) {
        return new CacheOptions(
                directory, limitBytes, bytes, freeSpaceFloorBytes, fetchMemoryBytes, readAheadBytes, clock);
    }

    /** These options with another free-space floor. */
    public CacheOptions withFreeSpaceFloorBytes(long bytes) {
        return new CacheOptions(directory, limitBytes, refillUnitBytes, bytes, fetchMemoryBytes, readAheadBytes, clock);
    }

    /** These options with another bound for bytes in flight. */
    public CacheOptions withFetchMemoryBytes(long bytes) {
        return new CacheOptions(
                directory, limitBytes, refillUnitBytes, freeSpaceFloorBytes, bytes, readAheadBytes, clock);
    }

    /** These options with another distance of read-ahead. */
    public CacheOptions withReadAheadBytes(long bytes) {
        return new CacheOptions(
                directory, limitBytes, refillUnitBytes, freeSpaceFloorBytes, fetchMemoryBytes, bytes, clock);
    }

    /** These options with another clock. */
    public CacheOptions withClock(InstantSource source) {
        return new CacheOptions(
                directory, limitBytes, refillUnitBytes, freeSpaceFloorBytes, fetchMemoryBytes, readAheadBytes, source);
    }
}
