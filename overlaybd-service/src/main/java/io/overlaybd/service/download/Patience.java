package io.overlaybd.service.download;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often a download may fail, and how long it pauses each time: what waiting alone may mend uses up no attempt. Used by one
 * try after the other.
 */
final class Patience {

    private static final int MOST_DOUBLINGS = 20;

    private final DownloadSettings settings;
    private final int attempts;
    private int failures; // that count
    private int setbacks; // since there was progress
    private Setback last;

    Patience(DownloadSettings settings, int attempts) {
        this.settings = settings;
        this.attempts = attempts;
    }

    /** The pause before the next try; empty if there shall be none. */
    Optional<Duration> after(Setback setback) {
        setbacks++;
        failures += setback.counts() ? 1 : 0;
        return failures >= attempts ? Optional.empty() : Optional.of(pause(setback));
    }

    /** Whether to tell of a setback: once for each kind in a row, so that a long one does not fill the log. */
    boolean isNews(Setback setback) {
        boolean isNews = setback != last || setback.counts();
        last = setback;
        return isNews;
    }

    int failures() {
        return failures;
    }

    /** Bytes came: the registry is there, and the disk has space. */
    void progressed() {
        setbacks = 0;
        last = null;
    }

    private Duration pause(Setback setback) {
        if (setback == Setback.NO_SPACE) {
            return settings.spacePause();
        }
        Duration doubled = settings.firstPause().multipliedBy(1L << Math.min(setbacks - 1, MOST_DOUBLINGS));
        Duration bounded = doubled.compareTo(settings.longestPause()) < 0 ? doubled : settings.longestPause();
        return bounded.plusNanos(ThreadLocalRandom.current().nextLong(bounded.toNanos() / 2 + 1));
    }
}
