package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The first that is fetched of a blob: its head, which tells its length, and at the same time its tail where that is wanted and the
 * length is known from elsewhere. A tail that does not come, or comes from a blob of another length, is left out: it will be
 * fetched when it is read. Thread-confined.
 */
final class FirstFetch implements AutoCloseable {

    /** Adjacent units that came, the first of them by its number. */
    record Part(int firstUnit, ByteBuffer bytes) {}

    private final BlobOrigin origin;
    private final int unitBytes;
    private final FetchBuffers.Lease lease; // one for all: who has one must not wait for another
    private final int headUnits;
    private final TailFetch tail;
    private final long statedBytes;
    private final List<Part> came = new ArrayList<>();
    private long blobBytes;

    FirstFetch(CacheServices services, BlobOrigin origin, BlobHint hint) {
        this.origin = origin;
        this.unitBytes = services.options().unitBytes();
        UnitGrid stated = stated(hint);
        int wantedUnits = headUnits(services.options(), hint);
        int tailUnits = tailUnits(stated, hint, wantedUnits);
        this.statedBytes = stated.blobBytes();
        this.lease = services.buffers().lease(wantedUnits + tailUnits);
        this.headUnits = Math.min(wantedUnits, lease.pieces());
        this.tail = new TailFetch(origin, stated, Math.min(tailUnits, lease.pieces() - headUnits), lease, headUnits);
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

    /**
     * Fetches.
     *
     * @throws IOException if the head cannot be had
     */
    void run() throws IOException {
        tail.start();
        try {
            came.add(fetchHead());
        } finally {
            List<Part> ofTail = tail.await();
            if (blobBytes == statedBytes) {
                came.addAll(ofTail);
            }
        }
    }

    private Part fetchHead() throws IOException {
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
        return new Part(0, bytes);
    }

    /** Length of the blob, as the origin says. */
    long blobBytes() {
        return blobBytes;
    }

    /** What came; their bytes are good until this is closed. */
    List<Part> parts() {
        return came;
    }

    @Override
    public void close() {
        lease.close();
    }
}
