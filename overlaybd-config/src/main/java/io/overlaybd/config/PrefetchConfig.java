package io.overlaybd.config;

/**
 * The key {@code prefetchConfig}: what is fetched before it is asked for. Immutable.
 *
 * @param concurrency requests that replay a trace at a time
 * @param readAheadBytes how far ahead of a reader that goes forward to fetch at most, 0 for never; {@code readAheadMB} in the file
 */
public record PrefetchConfig(int concurrency, long readAheadBytes) {

    private static final int MAX_CONCURRENCY = 1024;
    private static final int MAX_READ_AHEAD_MIB = 64;
    private static final long MIB = 1 << 20;

    static PrefetchConfig from(ConfigObject object) {
        int concurrency = object.integer("concurrency", 16);
        if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
            object.problem("concurrency", "expected 1 to " + MAX_CONCURRENCY + ", found " + concurrency);
        }
        int readAhead = object.integer("readAheadMB", 8);
        if (readAhead < 0 || readAhead > MAX_READ_AHEAD_MIB) {
            object.problem("readAheadMB", "expected 0 to " + MAX_READ_AHEAD_MIB + ", found " + readAhead);
        }
        return new PrefetchConfig(concurrency, readAhead * MIB);
    }
}
