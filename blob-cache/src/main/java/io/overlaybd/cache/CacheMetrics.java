package io.overlaybd.cache;

/**
 * Counters at one moment, of one blob since it was opened or of a whole cache since it was opened.
 *
 * @param hits reads served from verified units alone
 * @param misses reads that had to verify, fetch or wait for at least one unit
 * @param bytesFromCache bytes read from the local file; in whole units where they had to be verified
 * @param bytesFromOrigin bytes fetched; in whole units, so possibly more than readers asked for
 * @param bytesAhead those of them that nobody waited for when they were asked for: a trace named them, or a reader comes their way
 * @param fetches requests to the origin that gave bytes
 * @param evictedUnits units given up in blobs that were open, for space or because a reader found them wrong
 * @param badChecksums units recorded as present whose bytes were not those recorded, or could not be read
 * @param uncachedUnits units that were fetched but could not be kept: no space, or a failing disk
 * @param rejections times that a reader found bytes wrong which the cache took for right, and had them fetched again
 */
public record CacheMetrics(
        long hits,
        long misses,
        long bytesFromCache,
        long bytesFromOrigin,
        long bytesAhead,
        long fetches,
        long evictedUnits,
        long badChecksums,
        long uncachedUnits,
        long rejections) {

    /** Before anything happened. */
    public static final CacheMetrics NONE = new CacheMetrics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** The sum, counter by counter. */
    public CacheMetrics plus(CacheMetrics other) {
        return new CacheMetrics(
                hits + other.hits,
                misses + other.misses,
                bytesFromCache + other.bytesFromCache,
                bytesFromOrigin + other.bytesFromOrigin,
                bytesAhead + other.bytesAhead,
                fetches + other.fetches,
                evictedUnits + other.evictedUnits,
                badChecksums + other.badChecksums,
                uncachedUnits + other.uncachedUnits,
                rejections + other.rejections);
    }
}
