package io.overlaybd.registry;

import io.overlaybd.registry.relay.RelayState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of the ways to one blob: where its registry redirected to, which relays do not have it, and whether what they gave
 * was wrong. Thread-safe: each field is on its own.
 */
final class BlobRoutes {

    private static final long REFUSED_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long DISTRUST_NANOS = Duration.ofMinutes(10).toNanos();

    private final RedirectMemory redirects;
    private final Map<RelayState, Long> avoidedUntilNanos = new ConcurrentHashMap<>();
    private final TimeSource time;
    private volatile RelayState last;

    BlobRoutes(Duration redirectLifetime, TimeSource time) {
        this.redirects = new RedirectMemory(redirectLifetime);
        this.time = time;
    }

    /** Remembers no redirect. */
    static BlobRoutes none() {
        return new BlobRoutes(Duration.ZERO, TimeSource.SYSTEM);
    }

    RedirectMemory redirects() {
        return redirects;
    }

    boolean isAvoided(RelayState relay) {
        Long until = avoidedUntilNanos.get(relay);
        return until != null && until - time.nanoTime() > 0;
    }

    /** A relay does not have this blob. */
    void avoid(RelayState relay) {
        avoidedUntilNanos.put(relay, time.nanoTime() + REFUSED_NANOS);
    }

    /** A relay gave bytes of this blob. */
    void came(RelayState from) {
        last = from;
    }

    /** Bytes of this blob were found wrong: the relay that gave some last is not asked for it for a while. */
    void distrust() {
        RelayState relay = last;
        if (relay != null && !isAvoided(relay)) {
            relay.gaveWrongBytes(time.nanoTime());
            avoidedUntilNanos.put(relay, time.nanoTime() + DISTRUST_NANOS);
        }
    }
}
