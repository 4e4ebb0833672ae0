package io.overlaybd.cache;

import java.util.concurrent.atomic.LongAdder;

/** What happened to one blob since it was opened; a {@link CacheMetrics} is taken from it. Thread-safe. */
final class Counters {

    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder bytesFromCache = new LongAdder();
    final LongAdder bytesFromOrigin = new LongAdder();
    final LongAdder bytesAhead = new LongAdder();
    final LongAdder fetches = new LongAdder();
    final LongAdder evictedUnits = new LongAdder();
    final LongAdder badChecksums = new LongAdder();
    final LongAdder uncachedUnits = new LongAdder();
    final LongAdder rejections = new LongAdder();

    void hit(int lengthBytes) {
        hits.increment();
        bytesFromCache.add(lengthBytes);
    }

    void fetched(int lengthBytes) {
        fetches.increment();
        bytesFromOrigin.add(lengthBytes);
    }

    CacheMetrics snapshot() {
        return new CacheMetrics(
                hits.sum(),
                misses.sum(),
                bytesFromCache.sum(),
                bytesFromOrigin.sum(),
                bytesAhead.sum(),
                fetches.sum(),
                evictedUnits.sum(),
                badChecksums.sum(),
                uncachedUnits.sum(),
                rejections.sum());
    }
}
