package io.overlaybd.service.download;

import io.overlaybd.config.DownloadConfig;
import io.overlaybd.io.FileSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The downloads of a process: one for each directory, however many images have the layer open, and only so many at a time.
 *
 * <p>Thread-safety: guarded by the monitor, which is not held during I/O.
 */
public final class Downloads implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);

    private final DownloadSettings settings;
    private final Throttle throttle;
    private final Foreground foreground = new Foreground();
    private final DownloadCounters counters = new DownloadCounters();
    private final ScheduledThreadPoolExecutor executor;
    private final Map<Path, Download> byDirectory = new HashMap<>();
    private DownloadConfig defaults;
    private boolean closed;

    /**
     * Downloads; a thread is started with the first of them.
     *
     * @param defaults for images that say nothing; its rate bounds all downloads together
     */
    public Downloads(DownloadConfig defaults, DownloadSettings settings) {
        this.defaults = defaults;
        this.settings = settings;
        this.throttle = new Throttle(ImageDownloads.bytesPerSecond(defaults), System::nanoTime);
        AtomicInteger threads = new AtomicInteger();
        this.executor = new ScheduledThreadPoolExecutor(settings.threads(), work -> {
            Thread thread = new Thread(work, "obd-download-" + threads.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Who goes first: let what readers wait for be counted there. */
    public Foreground foreground() {
        return foreground;
    }

    /** What an image wants that is opened now; {@code own} is what its config says, if it says anything. */
    public synchronized ImageDownloads forImage(Optional<DownloadConfig> own) {
        return new ImageDownloads(this, own.orElse(defaults));
    }

    /** Counts for images that are opened from now on; the rate counts at once. */
    public synchronized void setDefaults(DownloadConfig config) {
        defaults = config;
        throttle.setRate(ImageDownloads.bytesPerSecond(config));
    }

    /** What happened so far. */
    public synchronized DownloadMetrics metrics() {
        return counters.snapshot(
                byDirectory.values().stream().map(Download::status).toList());
    }

    /** Has a source told when the file of its blob is whole; begins the download if there is none. */
    void follow(SwitchingSource source) {
        follow(source, false);
    }

    /** {@link #follow} where a reader has found the file damaged: if it is, it is removed first. */
    void repair(SwitchingSource source) {
        follow(source, true);
    }

    private synchronized void follow(SwitchingSource source, boolean isSuspect) {
        if (closed || source.directory().isEmpty()) {
            return;
        }
        Path directory = source.directory().get();
        Download download = byDirectory.get(directory);
        if (download == null) {
            download = new Download(this, source.blob(), directory, source.image(), isSuspect);
            byDirectory.put(directory, download);
            download.schedule(source.image().delay());
        }
        if (!download.blob().digest().equals(source.blob().digest())) {
            LOG.warn(
                    "{}: not downloaded: {} is the directory of {} too; give each layer its own dir",
                    source.name(),
                    directory,
                    download.blob().digest());
            return;
        }
        download.followers().add(source);
    }

    /** The source is closed; a download that nobody follows any more ends. */
    void unfollow(SwitchingSource source) {
        Download download;
        synchronized (this) {
            download = source.directory().map(byDirectory::get).orElse(null);
            if (download == null
                    || !download.followers().remove(source)
                    || !download.followers().isEmpty()) {
                return;
            }
            byDirectory.remove(download.directory());
        }
        download.stopAndWait();
    }

    /** The file is whole: reads of all who follow go there. */
    void committed(Download download, Path file) {
        counters.committed.increment();
        for (SwitchingSource source : forget(download)) {
            try {
                source.switchTo(FileSource.open(file));
            } catch (IOException e) {
                LOG.warn("{}: reads stay with cache and registry: {}", source.name(), e.getMessage());
            }
        }
    }

    /** Nothing follows; answers who followed. */
    synchronized List<SwitchingSource> forget(Download download) {
        byDirectory.remove(download.directory(), download);
        return new ArrayList<>(download.followers());
    }

    DownloadSettings settings() {
        return settings;
    }

    Throttle throttle() {
        return throttle;
    }

    DownloadCounters counters() {
        return counters;
    }

    ScheduledExecutorService executor() {
        return executor;
    }

    /** Ends all downloads, within a bound; what was fetched stays for the next time. Idempotent. */
    @Override
    public void close() {
        List<Download> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(byDirectory.values());
            byDirectory.clear();
        }
        all.forEach(download -> download.stop().request());
        executor.shutdownNow();
        try {
            executor.awaitTermination(settings.stopWithin().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
