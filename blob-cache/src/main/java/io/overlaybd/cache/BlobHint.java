package io.overlaybd.cache;

import java.util.OptionalLong;

/**
 * What is said of a blob before it is opened. If it is wrong, that costs a request and no more. Immutable.
 *
 * @param sizeBytes its length, as a configuration states it; a difference is logged, the true length counts
 * @param headBytes how much of its beginning is needed to open it; 0 for a refill unit
 * @param tailBytes how much of its end is needed at once: of a blob of known length, of which nothing is here, it is asked for together
 *     with the head; 0 for nothing
 */
public record BlobHint(OptionalLong sizeBytes, long headBytes, long tailBytes) {

    /** Refuses negative lengths. */
    public BlobHint {
        if (headBytes < 0 || tailBytes < 0) {
            throw new IllegalArgumentException("negative length: head " + headBytes + ", tail " + tailBytes);
        }
    }

    /** Only the length, if that. */
    public static BlobHint ofSize(OptionalLong sizeBytes) {
        return new BlobHint(sizeBytes, 0, 0);
    }
}
