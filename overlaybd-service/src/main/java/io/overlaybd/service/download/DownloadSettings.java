package io.overlaybd.service.download;

import java.time.Duration;

/**
 * What no configuration has a key for. Immutable.
 *
 * @param threads downloads that run at a time
 * @param freeSpaceFloorBytes space that is left to others on the disk of a download
 * @param firstPause after a failure; doubled with each further one, and up to a half longer by chance
 * @param longestPause bound of the doubling
 * @param spacePause between two looks for space
 * @param longestYield how long one block waits for reads on demand to come to an end
 * @param stopWithin how long whoever closes a layer waits for its download to stop
 */
public record DownloadSettings(
        int threads,
        long freeSpaceFloorBytes,
        Duration firstPause,
        Duration longestPause,
        Duration spacePause,
        Duration longestYield,
        Duration stopWithin,
        DownloadListener listener) {

    /** Four threads, 1 GiB, 5 s to 10 min, a minute, a second, 5 s, no listener. */
    public static DownloadSettings defaults() {
        return new DownloadSettings(
                4,
                1L << 30,
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                Duration.ofMinutes(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                DownloadListener.NONE);
    }
}
