package io.overlaybd.core;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.Ranges;
import io.overlaybd.io.sys.FileDescriptor;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * One file of a writable layer, locked against every other process and every other opening of it as long as it is open.
 * Reads and writes any buffer whole. Thread-safe.
 */
final class LayerFile implements Closeable {

    private static final int BOUNCE_BYTES = 64 * 1024;
    private static final ThreadLocal<ByteBuffer> BOUNCE =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BOUNCE_BYTES));

    private final Path path;
    private final FileDescriptor file;

    private LayerFile(Path path, FileDescriptor file) {
        this.path = path;
        this.file = file;
    }

    /** A new, empty file; refuses one that is there. */
    static LayerFile create(Path path) throws IOException {
        Files.createFile(path);
        return open(path);
    }

    /** A file that is there. */
    static LayerFile open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        FileDescriptor file = FileDescriptor.openReadWrite(path);
        try {
            if (!file.tryLock()) {
                throw new IOException(path + ": is in use: somebody else has it open for writing");
            }
            return new LayerFile(path, file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Moves the file over another one, if need be; this object must not be used any more, and need not be closed. */
    LayerFile moveTo(Path target) throws IOException {
        Files.move(path, target.toRealPath(), StandardCopyOption.ATOMIC_MOVE);
        return new LayerFile(target, file);
    }

    /** Makes sure that the names of new, renamed and deleted files beside this one survive a power loss. */
    void syncDirectory() throws IOException {
        try (FileDescriptor directory =
                FileDescriptor.openReadOnly(path.toAbsolutePath().getParent())) {
            directory.sync();
        }
    }

    Path path() {
        return path;
    }

    String name() {
        return path.toString();
    }

    FileDescriptor descriptor() {
        return file;
    }

    long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    /** Fills the buffer, or throws. */
    void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        if (dst.isDirect()) {
            readDirect(offsetBytes, dst);
            return;
        }
        ByteBuffer bounce = BOUNCE.get();
        for (long at = offsetBytes; dst.hasRemaining(); at += bounce.capacity()) {
            bounce.clear().limit(Math.min(bounce.capacity(), dst.remaining()));
            readDirect(at, bounce);
            dst.put(bounce.flip());
        }
    }

    private void readDirect(long offsetBytes, ByteBuffer dst) throws IOException {
        for (long at = offsetBytes; dst.hasRemaining(); ) {
            int count = file.read(at, dst);
            if (count == 0) {
                throw new EOFException(name() + ": ends at byte " + at + ": the file was cut while it was in use");
            }
            at += count;
        }
    }

    /** Writes all of the buffer. */
    void write(long offsetBytes, ByteBuffer src) throws IOException {
        if (src.isDirect()) {
            file.write(offsetBytes, src);
            return;
        }
        ByteBuffer bounce = BOUNCE.get();
        for (long at = offsetBytes; src.hasRemaining(); at += bounce.limit()) {
            int count = Math.min(bounce.capacity(), src.remaining());
            bounce.clear().put(src.slice(src.position(), count)).flip();
            file.write(at, bounce);
            src.position(src.position() + count);
        }
    }

    void truncate(long sizeBytes) throws IOException {
        file.truncate(sizeBytes);
    }

    void sync() throws IOException {
        file.sync();
    }

    /** The first bytes as a source. Closing it closes the file only if it owns it. */
    BlobSource source(long sizeBytes, boolean owned) {
        return new Source(sizeBytes, owned);
    }

    @Override
    public void close() {
        file.close();
    }

    private final class Source implements BlobSource {

        private final long sizeBytes;
        private final boolean owned;

        Source(long sizeBytes, boolean owned) {
            this.sizeBytes = sizeBytes;
            this.owned = owned;
        }

        @Override
        public String name() {
            return LayerFile.this.name();
        }

        @Override
        public long sizeBytes() {
            return sizeBytes;
        }

        @Override
        public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
            Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
            LayerFile.this.readFully(offsetBytes, dst);
        }

        @Override
        public void close() {
            if (owned) {
                LayerFile.this.close();
            }
        }
    }
}
