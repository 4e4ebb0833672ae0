package io.overlaybd.core.index;

import java.io.IOException;

/**
 * An index would get longer than it may be. Merging layers, or writing in larger and better ordered pieces, gives
 * shorter indexes.
 */
public final class TooManySegmentsException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int limit;

    /** {@code resource} would need more than {@code limit} segments. */
    public TooManySegmentsException(String resource, int limit) {
        super(resource + ": segments: expected at most " + limit + ", found more");
        this.limit = limit;
    }

    /** The most segments that were allowed. */
    public int limit() {
        return limit;
    }
}
