package io.overlaybd.service;

/**
 * What the cache holds. Immutable.
 *
 * @param blobs of which there is something
 */
public record CacheUsage(int blobs, long usedBytes, long limitBytes) {}
