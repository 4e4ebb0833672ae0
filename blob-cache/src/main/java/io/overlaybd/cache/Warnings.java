package io.overlaybd.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once a minute, not once a unit, that nothing can be kept. Thread-safe. */
final class Warnings {

    private static final Logger LOG = LoggerFactory.getLogger(BlobCache.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final AtomicReference<Instant> quietUntil = new AtomicReference<>(Instant.MIN);

    Warnings(InstantSource clock) {
        this.clock = clock;
    }

    /** Reads go on from the origin, and this is why. */
    void notCached(Object what, String why) {
        Instant now = clock.instant();
        Instant until = quietUntil.get();
        if (!now.isBefore(until) && quietUntil.compareAndSet(until, now.plus(PAUSE))) {
            LOG.warn("{} is read from its origin without being cached: {}", what, why);
        }
    }
}
