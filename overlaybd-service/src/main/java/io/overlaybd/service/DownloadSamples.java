package io.overlaybd.service;

import io.overlaybd.service.download.DownloadMetrics;
import io.overlaybd.service.download.DownloadState;
import io.overlaybd.service.download.DownloadStatus;
import io.overlaybd.service.metrics.MetricsSource;
import io.overlaybd.service.metrics.TextPage;
import java.util.Locale;
import java.util.function.Supplier;

/** Metrics of background downloads, as sums: there may be any number of them. Thread-safe. */
final class DownloadSamples implements MetricsSource {

    private final Supplier<DownloadMetrics> metrics;

    DownloadSamples(Supplier<DownloadMetrics> metrics) {
        this.metrics = metrics;
    }

    @Override
    public void write(TextPage page) {
        DownloadMetrics now = metrics.get();
        page.counter("overlaybd_download_fetched_bytes_total", "Bytes that downloads got from registries.")
                .sample(now.bytesFetched());
        page.counter("overlaybd_download_cached_bytes_total", "Bytes that downloads got from the cache.")
                .sample(now.bytesFromCache());
        page.counter("overlaybd_download_committed_total", "Layers that became whole local files.")
                .sample(now.committed());
        page.counter("overlaybd_download_wrong_digests_total", "Downloads thrown away since their digest was wrong.")
                .sample(now.wrongDigests());
        page.counter("overlaybd_download_given_up_total", "Downloads that were tried often enough.")
                .sample(now.givenUp());
        page.counter(
                        "overlaybd_download_fallbacks_total",
                        "Local layers given up for the registry, being unreadable or wrong.")
                .sample(now.fallbacks());
        page.gauge("overlaybd_downloads", "Downloads that are not over, by state.");
        for (DownloadState state : DownloadState.values()) {
            if (!state.isEnd()) {
                page.sample(
                        now.downloads().stream()
                                .filter(one -> one.state() == state)
                                .count(),
                        "state",
                        state.name().toLowerCase(Locale.ROOT));
            }
        }
        page.gauge("overlaybd_download_done_bytes", "What is there of the layers whose download is not over.")
                .sample(now.downloads().stream()
                        .mapToLong(DownloadStatus::doneBytes)
                        .sum());
        page.gauge("overlaybd_download_wanted_bytes", "Length of those layers, as far as it is known.")
                .sample(now.downloads().stream()
                        .mapToLong(DownloadStatus::totalBytes)
                        .sum());
    }
}
