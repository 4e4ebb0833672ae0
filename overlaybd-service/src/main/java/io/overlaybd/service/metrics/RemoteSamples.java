package io.overlaybd.service.metrics;

import io.overlaybd.cache.CacheMetrics;
import io.overlaybd.registry.RegistryMetrics;
import io.overlaybd.registry.relay.RelayMetrics;
import java.util.List;
import java.util.function.Supplier;

/** Metrics of registries and of the cache before them. Thread-safe. */
final class RemoteSamples implements MetricsSource {

    private final Supplier<RemoteMetrics> metrics;

    RemoteSamples(Supplier<RemoteMetrics> metrics) {
        this.metrics = metrics;
    }

    @Override
    public void write(TextPage page) {
        RemoteMetrics now = metrics.get();
        writeRegistry(page, now.registry());
        writeRelays(page, now.registry().relays());
        writeCache(page, now.cache());
        page.gauge("overlaybd_cache_used_bytes", "What the cache takes on its disk.")
                .sample(now.usedBytes());
        page.gauge("overlaybd_cache_limit_bytes", "What the cache may take on its disk.")
                .sample(now.limitBytes());
    }

    private static void writeRegistry(TextPage page, RegistryMetrics registry) {
        page.counter(
                "overlaybd_registry_requests_total",
                "Requests to registries by what was asked for and how it was answered; none: not at all.");
        registry.traffic()
                .forEach((kind, traffic) -> traffic.byStatus()
                        .forEach((status, count) ->
                                page.sample(count, "endpoint", kind.label(), "status", status.label())));
        page.histogram(
                "overlaybd_registry_answer_seconds", "How long registries let wait for the first byte of an answer.");
        registry.traffic().forEach((kind, traffic) -> page.latencies(traffic.answers(), "endpoint", kind.label()));
        page.counter("overlaybd_registry_retries_total", "Attempts at something that a registry failed to do before.")
                .sample(registry.retries());
    }

    private static void writeRelays(TextPage page, List<RelayMetrics> relays) {
        page.counter(
                "overlaybd_relay_requests_total", "Reads for which a proxy or mirror was tried, by what came of it.");
        for (RelayMetrics relay : relays) {
            long given = relay.requests() - relay.failures() - relay.refusals();
            page.sample(Math.max(0, given), "relay", relay.address(), "result", "given");
            page.sample(relay.failures(), "relay", relay.address(), "result", "failed");
            page.sample(relay.refusals(), "relay", relay.address(), "result", "refused");
        }
        page.counter("overlaybd_relay_wrong_bytes_total", "Times that what a proxy or mirror gave was found wrong.");
        relays.forEach(relay -> page.sample(relay.wrongBytes(), "relay", relay.address()));
        page.gauge("overlaybd_relay_up", "Whether a proxy or mirror is asked at the moment.");
        relays.forEach(relay -> page.sample(relay.works() ? 1 : 0, "relay", relay.address()));
    }

    private static void writeCache(TextPage page, CacheMetrics cache) {
        page.counter("overlaybd_cache_hits_total", "Reads of remote layers that verified local bytes were enough for.")
                .sample(cache.hits());
        page.counter("overlaybd_cache_misses_total", "Reads of remote layers that had to verify, fetch or wait.")
                .sample(cache.misses());
        page.counter("overlaybd_cache_read_bytes_total", "Bytes read from the cache's files.")
                .sample(cache.bytesFromCache());
        page.counter("overlaybd_cache_fetched_bytes_total", "Bytes of layers that came from registries.")
                .sample(cache.bytesFromOrigin());
        page.counter(
                        "overlaybd_cache_fetched_ahead_bytes_total",
                        "Those of them that nobody waited for when asked for.")
                .sample(cache.bytesAhead());
        page.counter("overlaybd_cache_fetches_total", "Ranges of layers that came from registries.")
                .sample(cache.fetches());
        page.counter("overlaybd_cache_evicted_units_total", "Refill units given up, for space or as they were wrong.")
                .sample(cache.evictedUnits());
        page.counter("overlaybd_cache_bad_checksums_total", "Refill units whose bytes in the cache were wrong.")
                .sample(cache.badChecksums());
        page.counter("overlaybd_cache_uncached_units_total", "Refill units that were fetched but could not be kept.")
                .sample(cache.uncachedUnits());
        page.counter(
                        "overlaybd_cache_refetches_total",
                        "Times that a reader found bytes wrong and had them fetched anew.")
                .sample(cache.rejections());
    }
}
