package io.overlaybd.service.prefetch;

import java.util.concurrent.atomic.LongAdder;

/** What happens in all replays of traces; a {@link PrefetchMetrics} is taken from it. Thread-safe. */
public final class PrefetchCounters {

    final LongAdder replays = new LongAdder();
    final LongAdder pieces = new LongAdder();
    final LongAdder failedPieces = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder givenUp = new LongAdder();

    /** As it is now. */
    public PrefetchMetrics snapshot() {
        return new PrefetchMetrics(replays.sum(), pieces.sum(), failedPieces.sum(), bytes.sum(), givenUp.sum());
    }
}
