package io.overlaybd.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where a blob comes from when it is not here: a registry, a peer. Unlike a {@link BlobSource} its length is known only
 * from an answer, so that the first bytes and the length cost one round trip together. Every call is one upstream
 * request (with its retries); nothing is kept.
 *
 * <p>Thread-safety: every method may be called from any number of threads at once.
 */
public interface BlobOrigin extends Closeable {

    /** What an error message calls this origin: a URL without user, password and query. */
    String name();

    /**
     * Fills {@code dst} from its position on with the bytes from {@code offsetBytes} on, to its limit or to the end of the
     * blob, whichever comes first, and moves its position past them. At or beyond the end nothing is filled.
     *
     * @return length of the whole blob in bytes
     * @throws IOException if the bytes cannot be had, after the retries that the kind of failure deserves; what was filled
     *     until then is unspecified
     */
    long fetch(long offsetBytes, ByteBuffer dst) throws IOException;

    /** Told how many more bytes have arrived, by the thread that fetches, as often as the origin likes. */
    @FunctionalInterface
    interface Arrivals {
        void arrived(int lengthBytes);
    }

    /**
     * {@link #fetch(long, ByteBuffer)}, for who wants to know meanwhile how much has arrived. An origin that does not know tells it at
     * the end; what an attempt brought that failed may be told as well.
     */
    default long fetch(long offsetBytes, ByteBuffer dst, Arrivals arrivals) throws IOException {
        int start = dst.position();
        long blobBytes = fetch(offsetBytes, dst);
        arrivals.arrived(dst.position() - start);
        return blobBytes;
    }

    /**
     * Says that bytes which were fetched from here did not pass a check, so that the next fetch takes another way where there is
     * one.
     */
    default void distrust() {}

    /** Has fetches under way fail soon, however long they would still wait, and all to come at once. Idempotent. */
    @Override
    default void close() {}
}
