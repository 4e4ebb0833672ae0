package io.overlaybd.core;

import io.overlaybd.io.NoSpaceException;
import io.overlaybd.io.sys.SystemCallException;
import java.io.IOException;

/**
 * Whether a writable layer may still be changed: until it is closed, or a sync has failed. The kernel may have dropped what
 * it could not write, and does not say so twice: a later sync that succeeds means nothing. Reads go on. Thread-safe.
 */
final class LayerState {

    private final String name;
    private volatile IOException failure;
    private volatile boolean closed;

    LayerState(String name) {
        this.name = name;
    }

    void check() throws IOException {
        if (closed) {
            throw new IOException(name + ": is closed");
        }
        if (failure != null) {
            throw new IOException(
                    name + ": refuses changes since a write to the disk was lost: " + failure.getMessage()
                            + "; open the layer anew to go on from its last flush",
                    failure);
        }
    }

    boolean isClosed() {
        return closed;
    }

    boolean hasFailed() {
        return failure != null;
    }

    void close() {
        closed = true;
    }

    /** From now on nothing is written any more. */
    IOException fail(IOException cause) {
        failure = cause;
        return cause;
    }

    /** A full disk is told by its type: it is nothing that lasts. */
    static IOException explained(SystemCallException failure) {
        return failure.isOutOfSpace() ? new NoSpaceException(failure) : failure;
    }

    void sync(LayerFile file) throws IOException {
        try {
            file.sync();
        } catch (IOException e) {
            throw fail(e);
        }
    }

    void syncDirectory(LayerFile file) throws IOException {
        try {
            file.syncDirectory();
        } catch (IOException e) {
            throw fail(e);
        }
    }
}
