package io.overlaybd.service;

import io.overlaybd.cache.CacheMetrics;
import io.overlaybd.registry.RegistryMetrics;

/**
 * What the images of a service cost, from its opening to one moment. Immutable.
 *
 * @param upstreamRequests HTTP requests sent: for blobs, for tokens, after redirects, and every retry
 * @param tokenRequests those of them that asked for a token
 * @param bytesFromUpstream bytes of blobs that were fetched, in whole refill units
 * @param bytesFromCache bytes of blobs read from the local cache
 * @param hits reads of blobs served from verified local bytes alone
 * @param misses reads of blobs that had to verify, fetch or wait for at least one refill unit
 * @param evictedUnits refill units given up, for space or because a reader found them wrong
 * @param badChecksums refill units whose local bytes were not what was recorded
 * @param uncachedUnits refill units that were fetched but could not be kept
 */
public record ServiceMetrics(
        long upstreamRequests,
        long tokenRequests,
        long bytesFromUpstream,
        long bytesFromCache,
        long hits,
        long misses,
        long evictedUnits,
        long badChecksums,
        long uncachedUnits) {

    /** Of a service without remote layers. */
    static final ServiceMetrics NONE = new ServiceMetrics(0, 0, 0, 0, 0, 0, 0, 0, 0);

    static ServiceMetrics of(RegistryMetrics registry, CacheMetrics cache) {
        return new ServiceMetrics(
                registry.requests(),
                registry.tokenRequests(),
                cache.bytesFromOrigin(),
                cache.bytesFromCache(),
                cache.hits(),
                cache.misses(),
                cache.evictedUnits(),
                cache.badChecksums(),
                cache.uncachedUnits());
    }

    /** A JSON object on one line, its members named as the components. */
    public String toJson() {
        return "{\"upstreamRequests\":" + upstreamRequests + ",\"tokenRequests\":" + tokenRequests
                + ",\"bytesFromUpstream\":" + bytesFromUpstream + ",\"bytesFromCache\":" + bytesFromCache
                + ",\"hits\":" + hits + ",\"misses\":" + misses + ",\"evictedUnits\":" + evictedUnits
                + ",\"badChecksums\":" + badChecksums + ",\"uncachedUnits\":" + uncachedUnits + "}";
    }
}
