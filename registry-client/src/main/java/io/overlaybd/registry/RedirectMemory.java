package io.overlaybd.registry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.HttpUrl;

/**
 * Where a blob was found last, so that the next read need not ask the registry where it is. Forgotten on any failure there
 * and after a short life, since such URLs are signed for minutes. Thread-safe: one atomic reference.
 */
final class RedirectMemory {

    private record Target(HttpUrl url, long untilNanos) {}

    private final AtomicReference<Target> target = new AtomicReference<>();
    private final long lifetimeNanos;

    RedirectMemory(Duration lifetime) {
        this.lifetimeNanos = lifetime.toNanos();
    }

    /** Where to ask, null for the registry. */
    HttpUrl target(long nowNanos) {
        Target known = target.get();
        return known == null || known.untilNanos() - nowNanos <= 0 ? null : known.url();
    }

    void remember(HttpUrl url, long nowNanos) {
        if (lifetimeNanos > 0) {
            target.set(new Target(url, nowNanos + lifetimeNanos));
        }
    }

    /** Forgets this URL, not one that another thread found meanwhile. */
    void forget(HttpUrl url) {
        target.updateAndGet(known -> known != null && known.url().equals(url) ? null : known);
    }
}
