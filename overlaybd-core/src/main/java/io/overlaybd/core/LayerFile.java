package io.overlaybd.core;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * One file of a writable layer, locked against every other process and every other opening of it as long as it is open.
 * Reads and writes any buffer whole. Made by {@link LayerFiles}. Thread-safe.
 */
class LayerFile implements Closeable {

    private static final int BOUNCE_BYTES = 64 * 1024;
    private static final ThreadLocal<ByteBuffer> BOUNCE =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BOUNCE_BYTES));

    private final FileDescriptor file;
    private volatile Path path;

    LayerFile(Path path, FileDescriptor file) {
        this.path = path;
        this.file = file;
    }

    /** Moves the file over another one; from then on it has that one's name. */
    void moveOver(Path target) throws IOException {
        Files.move(path, target.toRealPath(), StandardCopyOption.ATOMIC_MOVE);
        path = target;
    }

    /** Makes sure that the names of new, renamed and deleted files beside this one survive a power loss. */
    void syncDirectory() throws IOException {
        try (FileDescriptor directory =
                FileDescriptor.openReadOnly(path.toRealPath().getParent())) {
            directory.sync();
        }
    }

    final Path path() {
        return path;
    }

    final String name() {
        return path.toString();
    }

    final long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    /** Space that the file takes on its disk, in bytes. */
    final long allocatedBytes() throws IOException {
        return file.allocatedBytes();
    }

    /** As {@link FileDescriptor#nextData}. */
    final long nextData(long offsetBytes) throws IOException {
        return file.nextData(offsetBytes);
    }

    /** As {@link FileDescriptor#nextHole}. */
    final long nextHole(long offsetBytes) throws IOException {
        return file.nextHole(offsetBytes);
    }

    /** As {@link FileDescriptor#blockBytes}. */
    final int blockBytes() throws IOException {
        return file.blockBytes();
    }

    /** Fills the buffer, or throws. */
    final void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        read(offsetBytes, dst, true);
    }

    /** Fills the buffer, or answers false if that would have to wait for a disk; the position is then unspecified. */
    final boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        return read(offsetBytes, dst, false);
    }

    private boolean read(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        if (dst.isDirect()) {
            return readDirect(offsetBytes, dst, mayWait);
        }
        ByteBuffer bounce = BOUNCE.get();
        for (long at = offsetBytes; dst.hasRemaining(); at += bounce.limit()) {
            bounce.clear().limit(Math.min(bounce.capacity(), dst.remaining()));
            if (!readDirect(at, bounce, mayWait)) {
                return false;
            }
            dst.put(bounce.flip());
        }
        return true;
    }

    private boolean readDirect(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        for (long at = offsetBytes; dst.hasRemaining(); ) {
            int count = mayWait ? file.read(at, dst) : file.tryRead(at, dst);
            if (count == FileDescriptor.WOULD_BLOCK) {
                return false;
            }
            if (count == 0) {
                throw new EOFException(name() + ": ends at byte " + at + ": the file was cut while it was in use");
            }
            at += count;
        }
        return true;
    }

    /** Writes all of the buffer. */
    final void write(long offsetBytes, ByteBuffer src) throws IOException {
        if (src.isDirect()) {
            writeDirect(offsetBytes, src);
            return;
        }
        ByteBuffer bounce = BOUNCE.get();
        for (long at = offsetBytes; src.hasRemaining(); at += bounce.limit()) {
            int count = Math.min(bounce.capacity(), src.remaining());
            bounce.clear().put(src.slice(src.position(), count)).flip();
            writeDirect(at, bounce);
            src.position(src.position() + count);
        }
    }

    void writeDirect(long offsetBytes, ByteBuffer direct) throws IOException {
        file.write(offsetBytes, direct);
    }

    void truncate(long sizeBytes) throws IOException {
        file.truncate(sizeBytes);
    }

    /** As {@link FileDescriptor#punchHole}. */
    void punchHole(long offsetBytes, long lengthBytes) throws IOException {
        file.punchHole(offsetBytes, lengthBytes);
    }

    void sync() throws IOException {
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }
}
