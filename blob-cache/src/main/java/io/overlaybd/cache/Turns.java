package io.overlaybd.cache;

import java.io.InterruptedIOException;

/**
 * Who fetches now. A fetch that a reader waits for never waits here. One that nobody waits for yet waits until what is under way in
 * the background fits the window of the {@link Link}, or a quarter of it while a reader waits for a fetch of his own; one at a time
 * is always let through. It waits before it claims a unit, so that nobody waits for who waits here.
 *
 * <p>Thread-safety: guarded by the monitor.
 */
final class Turns {

    private static final int SHARE_BESIDE_READERS = 4;

    private final Link link;
    private final long maxBackgroundBytes;
    private long backgroundBytes;
    private int readersFetches;

    /** {@code maxBackgroundBytes} bounds the memory that the background may hold, whatever the link can carry. */
    Turns(Link link, long maxBackgroundBytes) {
        this.link = link;
        this.maxBackgroundBytes = maxBackgroundBytes;
    }

    Link link() {
        return link;
    }

    /** A fetch begins that a reader waits for. */
    synchronized void readerBegins() {
        readersFetches++;
    }

    synchronized void readerEnds() {
        readersFetches--;
        notifyAll();
    }

    /** Whether readers wait for fetches of their own: then the link is busy, and what they ask for comes in longer requests. */
    synchronized boolean areReadersBusy() {
        return readersFetches > 0;
    }

    /** Waits until a fetch of so many bytes may begin. */
    synchronized void takeInBackground(long bytes) throws InterruptedIOException {
        while (backgroundBytes > 0 && backgroundBytes + bytes > allowedBytes()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting to fetch ahead");
            }
        }
        backgroundBytes += bytes;
    }

    private long allowedBytes() {
        long window = Math.min(maxBackgroundBytes, link.windowBytes());
        return readersFetches > 0 ? window / SHARE_BESIDE_READERS : window;
    }

    synchronized void endInBackground(long bytes) {
        backgroundBytes -= bytes;
        notifyAll();
    }
}
