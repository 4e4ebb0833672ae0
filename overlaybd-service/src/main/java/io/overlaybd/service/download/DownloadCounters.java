package io.overlaybd.service.download;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What happened in all downloads; a {@link DownloadMetrics} is taken from it. Thread-safe. */
final class DownloadCounters {

    final LongAdder bytesFetched = new LongAdder();
    final LongAdder bytesFromCache = new LongAdder();
    final LongAdder committed = new LongAdder();
    final LongAdder wrongDigests = new LongAdder();
    final LongAdder givenUp = new LongAdder();
    final LongAdder fallbacks = new LongAdder();

    DownloadMetrics snapshot(List<DownloadStatus> downloads) {
        return new DownloadMetrics(
                bytesFetched.sum(),
                bytesFromCache.sum(),
                committed.sum(),
                wrongDigests.sum(),
                givenUp.sum(),
                fallbacks.sum(),
                downloads);
    }
}
