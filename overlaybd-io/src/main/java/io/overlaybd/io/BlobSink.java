package io.overlaybd.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes that are appended and, at the end, made whole: a new file, a compressed file, an upload. Sinks wrap sinks; a
 * wrapper owns what it wraps, finishes it in {@link #finish()} and closes it in {@link #close()}.
 *
 * <p>A sink that is closed without having been finished is abandoned: no trace of it stays where a reader would look.
 *
 * <p>Thread-safety: thread-confined to the writer.
 */
public interface BlobSink extends Closeable {

    /** What an error message calls this sink. */
    String name();

    /** Bytes appended so far. */
    long positionBytes();

    /** Appends all remaining bytes of {@code src} and moves its position to its limit. */
    void write(ByteBuffer src) throws IOException;

    /** Whether {@link #rewriteHead} works: true for a file, false for a stream that has already left. */
    default boolean canRewriteHead() {
        return false;
    }

    /**
     * Overwrites bytes that were already appended, starting at {@code offsetBytes}; the position stays.
     *
     * @throws IllegalStateException if {@link #canRewriteHead()} is false
     * @throws IllegalArgumentException if the range was not yet written
     */
    default void rewriteHead(long offsetBytes, ByteBuffer src) throws IOException {
        throw new IllegalStateException(name() + " cannot rewrite what it has already sent");
    }

    /** Writes what is still to be written, makes the whole durable and visible. Called at most once. */
    void finish() throws IOException;

    /** Releases everything; abandons the content if {@link #finish()} was not reached. Idempotent. */
    @Override
    void close() throws IOException;
}
