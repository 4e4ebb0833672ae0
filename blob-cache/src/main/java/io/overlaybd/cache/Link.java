package io.overlaybd.cache;

import java.util.function.LongSupplier;

/**
 * What the way to the origins can carry, as the fetches of the last seconds show: the highest rate at which bytes arrived while one
 * was under way, and the shortest time that one took. Their product is what has to be under way so that the link is never idle;
 * twice that is the window, so that a rate which only looks low because little is asked for is found out in a few steps.
 *
 * <p>Fetches of all registries count as one link: what they share is the host's own.
 *
 * <p>Thread-safety: guarded by the monitor.
 */
final class Link {

    static final int MIN_WINDOW_BYTES = 256 << 10;
    static final int MAX_WINDOW_BYTES = 8 << 20;

    /** The window of who knows nothing yet: some tenths of a second of a slow link. */
    static final int FIRST_WINDOW_BYTES = 4 << 20;

    /** Fewer bytes than this tell of the first requests, connections and handshakes included, and not of the link. */
    private static final int LEARNT_BYTES = 2 * FIRST_WINDOW_BYTES;

    private static final double NANOS = 1e9;
    private static final long PERIOD_NANOS = 5_000_000_000L;

    /** A fetch that is under way: when it began, and how many bytes had arrived by then. */
    record Fetch(long startNanos, long deliveredBefore) {}

    /** The best of one period. */
    private record Best(double bytesPerSecond, double seconds) {
        static final Best NONE = new Best(0, Double.MAX_VALUE);

        Best with(double rate, double took) {
            return new Best(Math.max(bytesPerSecond, rate), Math.min(seconds, took));
        }

        Best with(Best other) {
            return with(other.bytesPerSecond, other.seconds);
        }
    }

    private final LongSupplier nanoTime;
    private Best before = Best.NONE;
    private Best now = Best.NONE;
    private long periodStart;
    private long deliveredBytes;

    Link(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.periodStart = nanoTime.getAsLong();
    }

    /** A fetch begins. */
    synchronized Fetch begin() {
        return new Fetch(nanoTime.getAsLong(), deliveredBytes);
    }

    /** A fetch has brought so many bytes. */
    synchronized void end(Fetch fetch, long bytes) {
        long nanos = nanoTime.getAsLong();
        if (nanos - periodStart > PERIOD_NANOS) {
            before = now;
            now = Best.NONE;
            periodStart = nanos;
        }
        deliveredBytes += bytes;
        double seconds = Math.max(1, nanos - fetch.startNanos) / NANOS;
        now = now.with((deliveredBytes - fetch.deliveredBefore) / seconds, seconds);
    }

    /** How many bytes should be under way, for who wants the link busy. */
    synchronized int windowBytes() {
        if (deliveredBytes < LEARNT_BYTES) {
            return FIRST_WINDOW_BYTES;
        }
        Best best = before.with(now);
        double bytes = 2 * best.bytesPerSecond * best.seconds;
        return (int) Math.max(MIN_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, bytes));
    }
}
