package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first that is fetched of a blob: its head, which tells its length, and at the same time its tail where that is wanted and the
 * length is known from elsewhere. A tail that does not come, or comes from a blob of another length, is left out: it will be
 * fetched when it is read.
 *
 * <p>Thread-confined; the tail comes in a thread of its own, which has ended when {@link #run} returns or throws.
 */
final class FirstFetch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FirstFetch.class);

    /** Adjacent units that came, the first of them by its number. */
    record Part(int firstUnit, ByteBuffer bytes) {}

    private final BlobOrigin origin;
    private final int unitBytes;
    private final FetchBuffers.Lease lease; // one for both: who has one must not wait for another
    private final int headUnits;
    private final Part tail; // null if none is wanted
    private final long statedBytes;

    private long blobBytes;
    private Part head;
    private boolean tailCame;

    FirstFetch(CacheServices services, BlobOrigin origin, BlobHint hint) {
        this.origin = origin;
        this.unitBytes = services.options().unitBytes();
        UnitGrid stated = stated(hint);
        int wantedUnits = headUnits(services.options(), hint);
        int tailUnits = tailUnits(stated, hint, wantedUnits);
        this.statedBytes = stated.blobBytes();
        this.lease = services.buffers().lease(wantedUnits + tailUnits);
        this.headUnits = Math.min(wantedUnits, lease.pieces());
        this.tail = tail(stated, Math.min(tailUnits, lease.pieces() - headUnits));
    }

    /** The blob as it is said to be, of no length if that is not said or cannot be. */
    private UnitGrid stated(BlobHint hint) {
        long bytes = hint.sizeBytes().orElse(0);
        return new UnitGrid(unitBytes, UnitGrid.fits(unitBytes, bytes) ? bytes : 0);
    }

    private static int headUnits(CacheOptions options, BlobHint hint) {
        long units = (hint.headBytes() + options.unitBytes() - 1) / options.unitBytes();
        return units == 0 ? options.unitsPerRefill() : (int) Math.min(units, options.unitsPerRefill());
    }

    private static int tailUnits(UnitGrid stated, BlobHint hint, int headUnits) {
        if (hint.tailBytes() == 0) {
            return 0;
        }
        int first = stated.unitAt(Math.max(0, stated.blobBytes() - hint.tailBytes()));
        return Math.max(0, stated.count() - Math.max(headUnits, first));
    }

    private Part tail(UnitGrid stated, int units) {
        if (units == 0) {
            return null;
        }
        int first = stated.count() - units;
        return new Part(first, lease.slice(headUnits, (int) stated.lengthBytes(first, units)));
    }

    /**
     * Fetches.
     *
     * @throws IOException if the head cannot be had
     */
    void run() throws IOException {
        FutureTask<Boolean> tailTask = tail == null ? null : startTail();
        try {
            fetchHead();
        } finally {
            tailCame = tailTask != null && await(tailTask) && blobBytes == statedBytes;
        }
    }

    private void fetchHead() throws IOException {
        ByteBuffer bytes = lease.slice(0, headUnits * unitBytes);
        blobBytes = origin.fetch(0, bytes);
        if (!UnitGrid.fits(unitBytes, blobBytes)) {
            throw new IOException(origin.name() + ": a blob cannot be " + blobBytes + " bytes long");
        }
        long expectedBytes = Math.min(bytes.limit(), blobBytes);
        if (bytes.flip().remaining() != expectedBytes) {
            throw new EOFException(
                    origin.name() + ": at byte 0: expected " + expectedBytes + " bytes, found " + bytes.remaining());
        }
        head = new Part(0, bytes);
    }

    private FutureTask<Boolean> startTail() {
        FutureTask<Boolean> task = new FutureTask<>(this::fetchTail);
        try {
            Thread thread = new Thread(task, "obd-tail");
            thread.setDaemon(true);
            thread.start();
            return task;
        } catch (OutOfMemoryError noThread) {
            return null;
        }
    }

    private boolean fetchTail() {
        try {
            ByteBuffer bytes = tail.bytes().duplicate();
            long foundBytes = origin.fetch((long) tail.firstUnit() * unitBytes, bytes);
            return foundBytes == statedBytes && !bytes.hasRemaining();
        } catch (IOException e) {
            LOG.debug("{}: the tail is left for later: {}", origin.name(), e.toString());
            return false;
        }
    }

    /** Not interruptible: the thread has our memory. */
    private static boolean await(FutureTask<Boolean> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException bug) {
                    throw new IllegalStateException("cannot fetch the tail of a blob", bug.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Length of the blob, as the origin says. */
    long blobBytes() {
        return blobBytes;
    }

    /** What came; their bytes are good until this is closed. */
    List<Part> parts() {
        return tailCame ? List.of(head, tail) : List.of(head);
    }

    @Override
    public void close() {
        lease.close();
    }
}
