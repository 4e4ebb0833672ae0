package io.overlaybd.service.metrics;

import io.overlaybd.cache.CacheMetrics;
import io.overlaybd.registry.RegistryMetrics;

/**
 * What remote layers cost up to a moment. Immutable.
 *
 * @param usedBytes what the cache takes on its disk
 * @param limitBytes what it may take
 */
public record RemoteMetrics(RegistryMetrics registry, CacheMetrics cache, long usedBytes, long limitBytes) {}
