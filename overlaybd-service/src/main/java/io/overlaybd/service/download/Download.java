package io.overlaybd.service.download;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The download of one blob into one directory, for all open images that want it: tried until it works, until it was tried often
 * enough, or until nobody wants it any more. Registry away and disk full use up no attempt.
 *
 * <p>Thread-safety: the followers are guarded by {@link Downloads}; tries are made one after the other; the rest is volatile.
 */
final class Download {

    private static final Logger LOG = LoggerFactory.getLogger(Download.class);

    private final Downloads downloads;
    private final RemoteBlob blob;
    private final Path directory;
    private final ImageDownloads image;
    private final boolean suspect;
    private final Stop stop = new Stop();
    private final List<SwitchingSource> followers = new ArrayList<>();

    private final Patience patience; // of the running try's thread, like what follows
    private boolean forced;
    private volatile DownloadState state = DownloadState.WAITING;
    private volatile long doneBytes;
    private volatile long totalBytes;
    private Future<?> next; // guarded by the monitor, like what follows
    private boolean running;

    Download(Downloads downloads, RemoteBlob blob, Path directory, ImageDownloads image, boolean isSuspect) {
        this.downloads = downloads;
        this.blob = blob;
        this.directory = directory;
        this.image = image;
        this.suspect = isSuspect;
        this.patience = new Patience(downloads.settings(), image.attempts());
    }

    RemoteBlob blob() {
        return blob;
    }

    Path directory() {
        return directory;
    }

    Stop stop() {
        return stop;
    }

    /** Who wants to know of the end. Guarded by {@link Downloads}. */
    List<SwitchingSource> followers() {
        return followers;
    }

    int blockBytes() {
        return image.blockBytes();
    }

    DownloadSettings settings() {
        return downloads.settings();
    }

    Foreground foreground() {
        return downloads.foreground();
    }

    /** Whether the cache is not to be asked: with its help the bytes came out wrong. */
    boolean isForced() {
        return forced;
    }

    /** Whether a reader has complained of the committed file. */
    boolean isSuspect() {
        return suspect;
    }

    /** Whether to fetch; else only a suspect file is looked at. */
    boolean isEnabled() {
        return image.isEnabled();
    }

    /** Books bytes that are about to be moved; answers how long they have to wait. */
    long bookNanos(int bytes) {
        return Math.max(downloads.throttle().book(bytes), image.throttle().book(bytes));
    }

    void started(long alreadyBytes, long ofBytes) {
        totalBytes = ofBytes;
        doneBytes = alreadyBytes;
        LOG.info("{}: download into {} goes on at byte {} of {}", blob.name(), directory, alreadyBytes, ofBytes);
    }

    void progressed(long nowBytes) {
        doneBytes = nowBytes;
        patience.progressed();
    }

    void fetched(long bytes) {
        downloads.counters().bytesFetched.add(bytes);
    }

    void fromCache(long bytes) {
        downloads.counters().bytesFromCache.add(bytes);
    }

    DownloadStatus status() {
        return new DownloadStatus(blob.digest(), directory, state, doneBytes, totalBytes);
    }

    /** Tries, after a while. */
    synchronized void schedule(Duration delay) {
        if (!stop.isRequested()) {
            next = downloads.executor().schedule(this::tryOnce, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void tryOnce() {
        if (!begin()) {
            return;
        }
        Optional<Duration> pause = Optional.empty();
        try {
            enter(DownloadState.RUNNING);
            pause = tryToCommit();
        } catch (RuntimeException | Error bug) {
            LOG.error("{}: download into {} is given up", blob.name(), directory, bug);
            giveUp();
        } finally {
            end();
        }
        pause.ifPresent(this::schedule);
    }

    /** Answers after which pause to try again, if at all. */
    private Optional<Duration> tryToCommit() {
        try {
            Optional<Path> committed = new DownloadRun(this).run();
            if (committed.isPresent()) {
                LOG.info("{}: whole in {}; reads go there", blob.name(), committed.get());
                downloads.committed(this, committed.get());
            } else {
                downloads.forget(this);
            }
            enter(committed.isPresent() ? DownloadState.COMMITTED : DownloadState.STOPPED);
            return Optional.empty();
        } catch (IOException e) {
            return after(e);
        }
    }

    private Optional<Duration> after(IOException failure) {
        Setback setback = Setback.of(failure);
        if (setback == Setback.STOPPED || stop.isRequested()) {
            enter(DownloadState.STOPPED);
            return Optional.empty();
        }
        if (setback == Setback.WRONG_BYTES) {
            downloads.counters().wrongDigests.increment();
            forced = true;
        }
        Optional<Duration> pause = patience.after(setback);
        if (patience.isNews(setback)) {
            tell(failure, pause);
        }
        if (pause.isEmpty()) {
            giveUp();
        } else {
            enter(setback == Setback.NO_SPACE ? DownloadState.NO_SPACE : DownloadState.RETRYING);
        }
        return pause;
    }

    private void tell(IOException failure, Optional<Duration> pause) {
        String then = pause.isPresent()
                ? "pauses for " + pause.get().toMillis() + " ms"
                : "is given up after " + patience.failures() + " attempts, until the image is opened anew";
        LOG.warn("{}: download into {} {}: {}", blob.name(), directory, then, failure.getMessage());
    }

    private void giveUp() {
        downloads.counters().givenUp.increment();
        downloads.forget(this);
        enter(DownloadState.GIVEN_UP);
    }

    private void enter(DownloadState now) {
        state = now;
        downloads.settings().listener().changed(status());
    }

    private synchronized boolean begin() {
        running = !stop.isRequested();
        return running;
    }

    private synchronized void end() {
        running = false;
        notifyAll();
    }

    /** Ends it; waits for the try that is under way, up to a bound. What was fetched stays. Idempotent. */
    void stopAndWait() {
        stop.request();
        synchronized (this) {
            if (next != null) {
                next.cancel(false);
            }
            awaitEnd();
        }
    }

    private void awaitEnd() {
        long endNanos = System.nanoTime() + downloads.settings().stopWithin().toNanos();
        try {
            for (long left = endNanos - System.nanoTime(); running && left > 0; left = endNanos - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (running) {
            LOG.warn(
                    "{}: download into {} has not stopped yet: it waits for its disk or its registry",
                    blob.name(),
                    directory);
        }
    }
}
