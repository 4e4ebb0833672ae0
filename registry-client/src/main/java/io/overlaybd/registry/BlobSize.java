package io.overlaybd.registry;

import java.util.concurrent.atomic.AtomicLong;

/** The length of a blob, once anybody said it. It never changes; an answer that says otherwise is wrong. Thread-safe. */
final class BlobSize {

    private final AtomicLong bytes = new AtomicLong(ContentRange.UNKNOWN);

    boolean isKnown() {
        return bytes.get() != ContentRange.UNKNOWN;
    }

    /** The length, {@link ContentRange#UNKNOWN} if nobody said it yet. */
    long bytes() {
        return bytes.get();
    }

    /** Takes what an answer says, which may be {@link ContentRange#UNKNOWN}. */
    void settle(long totalBytes) throws FailedAttempt {
        if (totalBytes == ContentRange.UNKNOWN) {
            return;
        }
        long known = bytes.compareAndExchange(ContentRange.UNKNOWN, totalBytes);
        if (known != ContentRange.UNKNOWN && known != totalBytes) {
            throw FailedAttempt.protocol("length of the blob: expected " + known + ", found " + totalBytes);
        }
    }
}
