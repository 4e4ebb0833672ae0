package io.overlaybd.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Immutable bytes of a known length that can be read at any offset: a local file, a slice of a tar, a blob in a
 * registry, the plain content of a compressed file. Sources wrap sources; a wrapper owns what it wraps and closes it.
 *
 * <p>Thread-safety: every method may be called from any number of threads at once. After {@link #close()} reads fail
 * with an {@link IOException}; reads that are under way end normally or with one, never with wrong bytes.
 */
public interface BlobSource extends Closeable {

    /** What an error message calls this source: a path, a URL without secrets, with what lies around it. */
    String name();

    /** Length in bytes; never changes. */
    long sizeBytes();

    /**
     * Fills {@code dst} from its position to its limit with the bytes from {@code offsetBytes} on, and moves its position
     * to its limit. There are no short reads: all bytes or an exception, after which position and content of {@code dst}
     * are unspecified.
     *
     * <p>A direct buffer is served without a copy where the source can; a heap buffer may cost one.
     *
     * @throws java.io.EOFException if the range does not lie within {@code [0, sizeBytes())}
     * @throws IOException if the bytes cannot be had
     */
    void readFully(long offsetBytes, ByteBuffer dst) throws IOException;

    /**
     * {@link #readFully} for a thread that must not wait: answers {@code false}, with position and limit of {@code dst}
     * unchanged and its content unspecified, if the bytes cannot be had without blocking.
     */
    default boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        return false;
    }

    /**
     * Says that a range will be read next, in pieces: what has to be fetched for it is fetched now, in as few requests as
     * possible. Returns when that is done. A source that reads as quickly without does nothing.
     *
     * @throws java.io.EOFException if the range does not lie within {@code [0, sizeBytes())}
     * @throws IOException if the bytes cannot be had
     */
    default void prefetch(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes());
    }

    /**
     * Where the bytes of a range lie in the source that {@link #prefetch} reaches in the end. Who has many ranges to prefetch joins
     * those there that are neighbours, and prefetches them there.
     *
     * @throws java.io.EOFException if the range does not lie within {@code [0, sizeBytes())}
     */
    default StoredRange stored(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.check(name(), offsetBytes, lengthBytes, sizeBytes());
        return new StoredRange(this, offsetBytes, lengthBytes);
    }

    /**
     * Drops copies of the range that were kept on the way from the origin, so that the next read fetches them again. Called
     * by who finds a wrong checksum. Never changes the origin.
     *
     * @return false if there is no such copy to drop: reading again would give the same bytes
     */
    default boolean evict(long offsetBytes, long lengthBytes) throws IOException {
        return false;
    }
}
