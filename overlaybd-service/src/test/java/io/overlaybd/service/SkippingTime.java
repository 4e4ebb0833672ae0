package io.overlaybd.service;

import io.overlaybd.registry.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when somebody sleeps, or the test says so. Thread-safe. */
final class SkippingTime implements TimeSource {

    private final AtomicLong nanos = new AtomicLong();
    private final List<Duration> sleeps = new CopyOnWriteArrayList<>();

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos.get());
    }

    @Override
    public void sleep(Duration duration) {
        sleeps.add(duration);
        skip(duration);
    }

    void skip(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    /** The pauses that were made. */
    List<Duration> sleeps() {
        return List.copyOf(sleeps);
    }
}
