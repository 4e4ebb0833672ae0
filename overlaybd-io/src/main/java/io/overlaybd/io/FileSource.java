package io.overlaybd.io;

import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import io.overlaybd.io.sys.FileDescriptor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A local file. Its length is taken once, at opening; a file that shrinks later gives an {@link EOFException}, never
 * zeros. Thread-safe.
 */
public final class FileSource implements BlobSource {

    private static final int BOUNCE_BYTES = 64 * 1024;
    private static final ThreadLocal<ByteBuffer> BOUNCE =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BOUNCE_BYTES));

    private final Path path;
    private final FileDescriptor file;
    private final long sizeBytes;

    private FileSource(Path path, FileDescriptor file, long sizeBytes) {
        this.path = path;
        this.file = file;
        this.sizeBytes = sizeBytes;
    }

    /** Opens a regular file or a block device. */
    public static FileSource open(Path path) throws IOException {
        FileDescriptor file = FileDescriptor.openReadOnly(path);
        try {
            return new FileSource(path, file, file.sizeBytes());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Where data begins at or after the offset, or -1 if only a hole follows. */
    public long nextData(long offsetBytes) throws IOException {
        return file.nextData(offsetBytes);
    }

    /** Where the next hole begins at or after the offset; the end of the file counts as one. */
    public long nextHole(long offsetBytes) throws IOException {
        return file.nextHole(offsetBytes);
    }

    @Override
    public void readFully(long offsetBytes, ByteBuffer dst) throws IOException {
        Stage before = StageTimes.enter(Stage.LOCAL_READ);
        try {
            read(offsetBytes, dst, true);
        } finally {
            StageTimes.leave(before);
        }
    }

    /** {@inheritDoc} A file that is not in the page cache would block, and any file of a network. */
    @Override
    public boolean tryReadFully(long offsetBytes, ByteBuffer dst) throws IOException {
        int start = dst.position();
        boolean done = read(offsetBytes, dst, false);
        if (!done) {
            dst.position(start);
        }
        return done;
    }

    private boolean read(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        Ranges.check(name(), offsetBytes, dst.remaining(), sizeBytes);
        return dst.isDirect()
                ? readDirect(offsetBytes, dst, mayWait)
                : readThroughBounceBuffer(offsetBytes, dst, mayWait);
    }

    private boolean readDirect(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        for (long at = offsetBytes; dst.hasRemaining(); ) {
            int count = mayWait ? file.read(at, dst) : file.tryRead(at, dst);
            if (count == FileDescriptor.WOULD_BLOCK) {
                return false;
            }
            if (count == 0) {
                throw new EOFException(name() + ": ends at byte " + at + ", expected " + sizeBytes
                        + " bytes: the file was cut while it was in use");
            }
            at += count;
        }
        return true;
    }

    private boolean readThroughBounceBuffer(long offsetBytes, ByteBuffer dst, boolean mayWait) throws IOException {
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

    @Override
    public void close() {
        file.close();
    }
}
