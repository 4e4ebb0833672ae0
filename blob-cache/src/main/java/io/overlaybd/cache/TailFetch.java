package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the tail of a blob of which nothing is known but a length that somebody states. A long one is asked for in several requests:
 * their connections are those that will be needed next. What does not come is left for later.
 *
 * <p>Thread-confined; each piece comes in a thread of its own, which has ended when {@link #await} returns.
 */
final class TailFetch {

    private static final Logger LOG = LoggerFactory.getLogger(TailFetch.class);
    private static final int MAX_REQUESTS = 4;

    /** A shorter piece is not worth a request. */
    private static final int MIN_REQUEST_BYTES = 96 << 10;

    private record Piece(FirstFetch.Part part, FutureTask<Boolean> task) {}

    private final BlobOrigin origin;
    private final UnitGrid stated;
    private final List<Piece> pieces = new ArrayList<>();

    /** For the last {@code units} units of a blob, into {@code lease} from its piece {@code leased} on. */
    TailFetch(BlobOrigin origin, UnitGrid stated, int units, FetchBuffers.Lease lease, int leased) {
        this.origin = origin;
        this.stated = stated;
        int requests = Math.max(1, Math.min(MAX_REQUESTS, units * stated.unitBytes() / MIN_REQUEST_BYTES));
        for (int i = 0; i < requests; i++) {
            int from = units * i / requests;
            int count = units * (i + 1) / requests - from;
            int first = stated.count() - units + from;
            if (count > 0) {
                ByteBuffer bytes = lease.slice(leased + from, (int) stated.lengthBytes(first, count));
                FirstFetch.Part part = new FirstFetch.Part(first, bytes);
                pieces.add(new Piece(part, new FutureTask<>(() -> fetch(part))));
            }
        }
    }

    /** Asks for it. {@link #await} must follow. */
    void start() {
        for (Piece piece : pieces) {
            try {
                Thread thread = new Thread(piece.task, "obd-tail");
                thread.setDaemon(true);
                thread.start();
            } catch (OutOfMemoryError noThread) {
                piece.task.cancel(false);
            }
        }
    }

    private boolean fetch(FirstFetch.Part part) {
        try {
            ByteBuffer bytes = part.bytes().duplicate();
            long foundBytes = origin.fetch(stated.startBytes(part.firstUnit()), bytes);
            return foundBytes == stated.blobBytes() && !bytes.hasRemaining();
        } catch (IOException e) {
            LOG.debug("{}: the tail is left for later: {}", origin.name(), e.toString());
            return false;
        }
    }

    /** What came of a blob of the stated length. */
    List<FirstFetch.Part> await() {
        List<FirstFetch.Part> came = new ArrayList<>();
        for (Piece piece : pieces) {
            if (await(piece.task)) {
                came.add(piece.part);
            }
        }
        return came;
    }

    /** Not interruptible: the thread has our memory. */
    private static boolean await(FutureTask<Boolean> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (CancellationException notStarted) {
                    return false;
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
}
