package io.overlaybd.service;

import io.overlaybd.config.DownloadConfig;
import io.overlaybd.config.ImageConfig;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.OverlayDevice;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.download.Downloads;
import io.overlaybd.service.download.ImageDownloads;
import io.overlaybd.service.prefetch.ImageTrace;
import io.overlaybd.service.prefetch.PrefetchCounters;
import java.io.IOException;
import java.util.Optional;

/** Makes the device of an image: its layers, stacked, and the writable one on top if it has one. Thread-safe. */
final class ImageOpener {

    private final RemoteBlobs remote;
    private final Downloads downloads;
    private final int prefetchConcurrency;
    private final PrefetchCounters prefetch;

    ImageOpener(RemoteBlobs remote, Downloads downloads, int prefetchConcurrency, PrefetchCounters prefetch) {
        this.remote = remote;
        this.downloads = downloads;
        this.prefetchConcurrency = prefetchConcurrency;
        this.prefetch = prefetch;
    }

    /**
     * @param name of the image, for messages
     * @throws IOException if layers cannot be opened, as {@link StackOpener#open} tells it, or the upper cannot; nothing stays open
     */
    BlockDevice open(String name, ImageConfig config) throws IOException {
        ImageTrace trace = ImageTrace.of(name, config, prefetchConcurrency, prefetch);
        boolean done = false;
        try {
            LayerStack lowers = openLowers(name, config, trace);
            BlockDevice device = stack(name, lowers, config);
            trace.opened(lowers);
            done = true;
            return device;
        } finally {
            if (!done) {
                trace.close();
            }
        }
    }

    /** While a trace is recorded nothing is downloaded: it shall tell what a start needs. */
    private LayerStack openLowers(String name, ImageConfig config, ImageTrace trace) throws IOException {
        ImageDownloads ofImage =
                downloads.forImage(trace.isRecording() ? Optional.of(DownloadConfig.OFF) : config.download());
        return new StackOpener(name, number -> new LayerOpener(remote, ofImage, config.repoBlobUrl(), trace, number))
                .open(config.lowers());
    }

    /** Takes {@code lowers} over; on failure they are closed. */
    private static BlockDevice stack(String name, LayerStack lowers, ImageConfig config) throws IOException {
        if (config.upper().isEmpty()) {
            return new OverlayDevice(name, lowers);
        }
        boolean done = false;
        try {
            BlockDevice device = new UpperOpener(name).openOver(lowers, config);
            done = true;
            return device;
        } finally {
            if (!done) {
                lowers.close();
            }
        }
    }
}
