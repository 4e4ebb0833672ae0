package io.overlaybd.service.download;

import io.overlaybd.io.BlobOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the fetches that readers wait for, so that downloads can stand back meanwhile. Thread-safe. */
public final class Foreground {

    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final AtomicInteger fetches = new AtomicInteger();

    /** The same origin, its fetches counted. */
    public BlobOrigin counting(BlobOrigin origin) {
        return new Counting(origin);
    }

    /** Waits while readers wait for the network, so long at most: then a download may take a step all the same. */
    void standBack(Duration longest, Stop stop) throws StoppedException {
        for (long left = longest.toNanos(); left > 0 && fetches.get() > 0; left -= STEP_NANOS) {
            stop.pause(STEP_NANOS);
        }
    }

    private final class Counting implements BlobOrigin {

        private final BlobOrigin origin;

        Counting(BlobOrigin origin) {
            this.origin = origin;
        }

        @Override
        public String name() {
            return origin.name();
        }

        @Override
        public long fetch(long offsetBytes, ByteBuffer dst) throws IOException {
            return fetch(offsetBytes, dst, lengthBytes -> {});
        }

        @Override
        public long fetch(long offsetBytes, ByteBuffer dst, Arrivals arrivals) throws IOException {
            fetches.incrementAndGet();
            try {
                return origin.fetch(offsetBytes, dst, arrivals);
            } finally {
                fetches.decrementAndGet();
            }
        }

        @Override
        public void distrust() {
            origin.distrust();
        }

        @Override
        public void close() {
            origin.close();
        }
    }
}
