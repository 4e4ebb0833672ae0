package io.overlaybd.service.download;

import java.util.List;

/**
 * What downloads did since the service was opened, and which there are. Immutable.
 *
 * @param bytesFetched bytes that came from registries
 * @param bytesFromCache bytes that the cache had already
 * @param committed files that became whole
 * @param wrongDigests files that had other bytes than their digest says, and were thrown away
 * @param givenUp downloads that were tried often enough
 * @param fallbacks local files that could not be read, or not rightly, and were left for the registry
 * @param downloads those that are under way or will be, in no order
 */
public record DownloadMetrics(
        long bytesFetched,
        long bytesFromCache,
        long committed,
        long wrongDigests,
        long givenUp,
        long fallbacks,
        List<DownloadStatus> downloads) {

    /** Takes a copy of the list. */
    public DownloadMetrics {
        downloads = List.copyOf(downloads);
    }
}
