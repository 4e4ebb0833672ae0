package io.overlaybd.cache;

import java.io.InterruptedIOException;

/**
 * Who fetches now. A fetch that a reader waits for never waits here. One that nobody waits for yet waits until what is under way in
 * the background fits the window of the {@link Link}, or begins within the first half of it; or fits a quarter of it while a reader
 * waits for a fetch of his own; one at a time is always let through. What has arrived is not under way any more, though its fetch is: those that run beside each other end
 * together, and to wait for an end would leave the link idle for a round trip each time. It waits before it claims a unit, so that nobody waits for who waits here.
 *
 * <p>Thread-safety: guarded by the monitor.
 */
final class Turns {

    private static final int SHARE_BESIDE_READERS = 4;

    /** So much has to arrive before anybody is told. */
    private static final int STEP_BYTES = 64 << 10;

    private final Link link;
    private final long maxBackgroundBytes;
    private long memoryBytes;
    private long underWayBytes;
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
    synchronized Turn takeInBackground(long bytes) throws InterruptedIOException {
        while (!mayBegin(bytes)) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting to fetch ahead");
            }
        }
        memoryBytes += bytes;
        underWayBytes += bytes;
        return new Turn(bytes);
    }

    private boolean mayBegin(long bytes) {
        boolean fitsMemory = memoryBytes == 0 || memoryBytes + bytes <= maxBackgroundBytes;
        return fitsMemory && (underWayBytes == 0 || fitsLink(bytes));
    }

    /** Half the window is what keeps the link busy: a long request that waited for more room than that would come too late. */
    private boolean fitsLink(long bytes) {
        long window = link.windowBytes();
        return readersFetches > 0
                ? underWayBytes + bytes <= window / SHARE_BESIDE_READERS
                : underWayBytes + bytes <= window || underWayBytes <= window / 2;
    }

    /** One that waits can use what has arrived; who cannot will hear of more. */
    private synchronized void arrived(long bytes) {
        underWayBytes -= bytes;
        notify();
    }

    private synchronized void end(long bytes, long leftBytes) {
        memoryBytes -= bytes;
        underWayBytes -= leftBytes;
        notifyAll();
    }

    /** The turn of one fetch. Thread-confined, closed exactly once. */
    final class Turn implements AutoCloseable {

        private final long bytes;
        private long leftBytes;
        private long untoldBytes;

        private Turn(long bytes) {
            this.bytes = bytes;
            this.leftBytes = bytes;
        }

        /** So many more bytes have come; more than were asked for do not count. */
        void arrived(int lengthBytes) {
            untoldBytes = Math.min(leftBytes, untoldBytes + lengthBytes);
            if (untoldBytes >= STEP_BYTES) {
                leftBytes -= untoldBytes;
                Turns.this.arrived(untoldBytes);
                untoldBytes = 0;
            }
        }

        @Override
        public void close() {
            end(bytes, leftBytes);
        }
    }
}
