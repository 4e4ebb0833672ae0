package io.overlaybd.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A disk as a frontend sees it: a size, reads at any byte, and a map of what is stored; if it can be written, writes and
 * discards of whole sectors, and a flush.
 *
 * <p>A write that came back is seen by every read that begins later, and survives the end of the process; power loss it
 * survives once a {@link #flush()} that began later has come back. Until then each of its sectors may, after power loss, be
 * as before or as written, and nothing else.
 *
 * <p>Thread-safety: every method may be called from any number of threads at once. A read beside a write or discard of
 * the same sectors sees each of them as before or as after.
 */
public interface BlockDevice extends Closeable {

    /** Bytes of a sector, the unit of every address in a layer. */
    int SECTOR_BYTES = 512;

    /** What an error message calls this device. */
    String name();

    /** Length in bytes, a multiple of {@link #SECTOR_BYTES}; never changes. */
    long sizeBytes();

    /**
     * Fills {@code dst} from its position to its limit with the bytes from {@code offsetBytes} on, holes as zeros, and moves
     * its position to its limit. Neither offset nor length need be aligned.
     *
     * @throws java.io.EOFException if the range does not lie within {@code [0, sizeBytes())}
     * @throws IOException if the bytes cannot be had; position and content of {@code dst} are then unspecified
     */
    void read(long offsetBytes, ByteBuffer dst) throws IOException;

    /**
     * {@link #read} for a thread that must not wait: answers {@code false}, with position and limit of {@code dst} unchanged
     * and its content unspecified, if the bytes cannot be had without blocking.
     */
    default boolean tryRead(long offsetBytes, ByteBuffer dst) throws IOException {
        return false;
    }

    /**
     * Tells the extents of the range in ascending order, without gaps, the first and the last cut to the range, neighbours
     * of one kind joined, until the visitor has enough. Does not wait for I/O: frontends call it on their event loop.
     *
     * @throws java.io.EOFException if the range does not lie within {@code [0, sizeBytes())}
     */
    void extents(long offsetBytes, long lengthBytes, ExtentVisitor visitor) throws IOException;

    /** Whether {@link #write} and {@link #discard} are refused, always. */
    default boolean isReadOnly() {
        return true;
    }

    /**
     * Writes all remaining bytes of {@code src}, whole sectors at a sector, and moves its position to its limit. If it
     * throws, any sectors of the range may have been written.
     *
     * @throws java.io.EOFException if the range does not lie within {@code [0, sizeBytes())}
     * @throws IllegalArgumentException if offset or length is no multiple of {@link #SECTOR_BYTES}
     * @throws ReadOnlyDeviceException if the device is read-only
     * @throws NoSpaceException if what is written finds no room
     */
    default void write(long offsetBytes, ByteBuffer src) throws IOException {
        throw new ReadOnlyDeviceException(name());
    }

    /** Makes a range read as zeros and gives back what space it can; errors as for {@link #write}. */
    default void discard(long offsetBytes, long lengthBytes) throws IOException {
        throw new ReadOnlyDeviceException(name());
    }

    /** Returns once all that was written and discarded before would survive a power loss; nothing to do if read-only. */
    default void flush() throws IOException {}

    /** What is behind an extent. */
    enum ExtentKind {
        /** Bytes are stored. */
        DATA,
        /** A layer says that the range is zero. */
        ZERO,
        /** No layer has anything here; reads as zero. */
        HOLE
    }

    /** Receives extents. */
    @FunctionalInterface
    interface ExtentVisitor {
        /** Takes one extent; answers whether it wants the next. */
        boolean visit(long offsetBytes, long lengthBytes, ExtentKind kind);
    }
}
