package io.overlaybd.service.download;

import io.overlaybd.io.BlobOrigin;
import java.util.concurrent.TimeUnit;

/** How a download is told to end, and how it waits until then. Guarded by the monitor. */
final class Stop {

    private boolean requested;
    private BlobOrigin origin;

    /** Ends pauses and fetches under way, and all to come. Idempotent. */
    void request() {
        BlobOrigin fetching;
        synchronized (this) {
            requested = true;
            fetching = origin;
            notifyAll();
        }
        if (fetching != null) {
            fetching.close();
        }
    }

    synchronized boolean isRequested() {
        return requested;
    }

    synchronized void check() throws StoppedException {
        if (requested || Thread.currentThread().isInterrupted()) {
            throw new StoppedException();
        }
    }

    /** What to close when the download shall end. */
    synchronized void closes(BlobOrigin fetching) throws StoppedException {
        check();
        origin = fetching;
    }

    synchronized void pause(long nanos) throws StoppedException {
        long endNanos = System.nanoTime() + nanos;
        check();
        try {
            for (long left = nanos; left > 0; left = endNanos - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        }
    }
}
