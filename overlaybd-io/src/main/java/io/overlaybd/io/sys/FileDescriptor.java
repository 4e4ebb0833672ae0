package io.overlaybd.io.sys;

import com.kenai.jffi.MemoryIO;
import java.io.Closeable;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;

/**
 * An open file. Unlike a {@link java.nio.channels.FileChannel} it survives the interruption of a reading thread and
 * knows where holes are.
 *
 * <p>A descriptor number is used again by the kernel as soon as it is closed, and a read that came too late would then
 * return bytes of another file. So calls under way are counted, and the last one out closes.
 *
 * <p>Thread-safety: any thread may call any method.
 */
public final class FileDescriptor implements Closeable {

    private static final MemoryIO MEMORY = MemoryIO.getInstance();
    private static final int CLOSED = 1 << 31;
    private static final VarHandle USERS;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(FileDescriptor.class, "users", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Path path;
    private final int number;

    /** Calls under way, and the sign bit once closed; whoever makes it exactly {@link #CLOSED} closes the number. */
    private volatile int users;

    private FileDescriptor(Path path, int number) {
        this.path = path;
        this.number = number;
    }

    /** Opens for reading. */
    public static FileDescriptor openReadOnly(Path path) throws IOException {
        int number = LibC.INSTANCE.open(path.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (number < 0) {
            throw failure("cannot open", path);
        }
        return new FileDescriptor(path, number);
    }

    /** Current length in bytes; of a block device, its capacity. */
    public long sizeBytes() throws IOException {
        return seek(0, LibC.SEEK_END);
    }

    /** Where data begins at or after the offset, or -1 if only a hole follows. Without hole support: the offset. */
    public long nextData(long offsetBytes) throws IOException {
        return seek(offsetBytes, LibC.SEEK_DATA);
    }

    /** Where the next hole begins at or after the offset; the end of the file counts as one. */
    public long nextHole(long offsetBytes) throws IOException {
        return seek(offsetBytes, LibC.SEEK_HOLE);
    }

    private long seek(long offsetBytes, int whence) throws IOException {
        acquire();
        try {
            long at = LibC.INSTANCE.lseek(number, offsetBytes, whence);
            if (at < 0 && !(whence == LibC.SEEK_DATA && LibC.errno() == LibC.ENXIO)) {
                throw failure("cannot seek in", path);
            }
            return at;
        } finally {
            release();
        }
    }

    /**
     * Reads into a direct buffer, from its position on, as much as the kernel gives in one call; moves the position.
     *
     * @return bytes read, 0 at the end of the file
     */
    public int read(long offsetBytes, ByteBuffer direct) throws IOException {
        long address = MEMORY.getDirectBufferAddress(direct) + direct.position();
        acquire();
        try {
            long count;
            do {
                count = LibC.INSTANCE.pread(number, address, direct.remaining(), offsetBytes);
            } while (count < 0 && LibC.errno() == LibC.EINTR);
            if (count < 0) {
                throw failure("cannot read at byte " + offsetBytes + " of", path);
            }
            direct.position(direct.position() + (int) count);
            return (int) count;
        } finally {
            release();
            Reference.reachabilityFence(direct);
        }
    }

    private void acquire() throws ClosedChannelException {
        int before;
        do {
            before = users;
            if (before < 0) {
                throw new ClosedChannelException();
            }
        } while (!USERS.weakCompareAndSet(this, before, before + 1));
    }

    private void release() {
        if ((int) USERS.getAndAdd(this, -1) == (CLOSED | 1)) {
            LibC.INSTANCE.close(number);
        }
    }

    /** No new call begins after this; calls under way end normally. Idempotent. */
    @Override
    public void close() {
        int before = (int) USERS.getAndBitwiseOr(this, CLOSED);
        if (before == 0) {
            LibC.INSTANCE.close(number);
        }
    }

    private static IOException failure(String whatFailed, Path path) {
        int errno = LibC.errno();
        return new IOException(
                whatFailed + " " + path + ": " + LibC.INSTANCE.strerror(errno) + " (errno " + errno + ")");
    }
}
