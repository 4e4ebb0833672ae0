package io.overlaybd.service.prefetch;

/**
 * What was fetched for traces since the service was opened. Immutable.
 *
 * @param replays traces that are being replayed now
 * @param pieces ranges of layers, each at most one request, that replays have asked for
 * @param failedPieces those of them that did not come; what a closing image cuts off is not counted
 * @param bytes length of those that came; some of it may have been here before
 * @param givenUp replays that ended since too much failed
 */
public record PrefetchMetrics(long replays, long pieces, long failedPieces, long bytes, long givenUp) {}
