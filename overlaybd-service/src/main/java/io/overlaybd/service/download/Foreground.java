package io.overlaybd.service.download;

import io.overlaybd.io.BlobOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the fetches that readers wait for, so that downloads can stand back meanwhile. Thread-safe. */
public final class Foreground {

    private final AtomicInteger fetches = new AtomicInteger();

    /** The same origin, its fetches counted. */
    public BlobOrigin counting(BlobOrigin origin) {
        return new Counting(origin);
    }

    boolean isBusy() {
        return fetches.get() > 0;
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
            fetches.incrementAndGet();
            try {
                return origin.fetch(offsetBytes, dst);
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
