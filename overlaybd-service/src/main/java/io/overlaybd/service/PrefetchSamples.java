package io.overlaybd.service;

import io.overlaybd.service.metrics.MetricsSource;
import io.overlaybd.service.metrics.TextPage;
import io.overlaybd.service.prefetch.PrefetchMetrics;
import java.util.function.Supplier;

/** Metrics of what was fetched for traces. Thread-safe. */
final class PrefetchSamples implements MetricsSource {

    private final Supplier<PrefetchMetrics> metrics;

    PrefetchSamples(Supplier<PrefetchMetrics> metrics) {
        this.metrics = metrics;
    }

    @Override
    public void write(TextPage page) {
        PrefetchMetrics now = metrics.get();
        page.gauge("overlaybd_prefetch_replays", "Traces that are being replayed.")
                .sample(now.replays());
        page.counter("overlaybd_prefetch_pieces_total", "Ranges of layers that replays of traces asked for.")
                .sample(now.pieces());
        page.counter("overlaybd_prefetch_failed_pieces_total", "Ranges that replays asked for and that did not come.")
                .sample(now.failedPieces());
        page.counter("overlaybd_prefetch_bytes_total", "Length of the ranges that replays asked for and that came.")
                .sample(now.bytes());
        page.counter("overlaybd_prefetch_given_up_total", "Replays that ended since too much failed.")
                .sample(now.givenUp());
    }
}
