package io.overlaybd.io.sys;

import com.kenai.jffi.MemoryIO;
import java.io.Closeable;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

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

    /** The answer of {@link #tryRead} if there is none without waiting. */
    public static final int WOULD_BLOCK = -1;

    private static final MemoryIO MEMORY = MemoryIO.getInstance();
    private static final int CLOSED = 1 << 31;
    private static final int CREATION_MODE = 0644;
    private static final int STAT_BLOCK_BYTES = 512;
    private static final ThreadLocal<ByteBuffer> STAT =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(LibC.STATX_BYTES));
    private static final ThreadLocal<ByteBuffer> IOVEC = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(LibC.IOVEC_BYTES).order(ByteOrder.nativeOrder()));
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

    private volatile Readiness readiness = Readiness.ASKED;

    private FileDescriptor(Path path, int number) {
        this.path = path;
        this.number = number;
    }

    /** Opens for reading. */
    public static FileDescriptor openReadOnly(Path path) throws IOException {
        return open(path, LibC.O_RDONLY);
    }

    /** Opens for reading and writing; an absent file is created with mode 0644. */
    public static FileDescriptor openReadWrite(Path path) throws IOException {
        return open(path, LibC.O_RDWR | LibC.O_CREAT);
    }

    private static FileDescriptor open(Path path, int flags) throws IOException {
        int number = LibC.INSTANCE.open(path.toString(), flags | LibC.O_CLOEXEC, CREATION_MODE);
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
            return moved(direct, offsetBytes, count);
        } finally {
            release();
            Reference.reachabilityFence(direct);
        }
    }

    private int moved(ByteBuffer direct, long offsetBytes, long count) throws IOException {
        if (count < 0) {
            throw failure("cannot read at byte " + offsetBytes + " of", path);
        }
        direct.position(direct.position() + (int) count);
        return (int) count;
    }

    /**
     * {@link #read} for a thread that must not wait for a disk.
     *
     * @return bytes read, 0 at the end of the file, or {@link #WOULD_BLOCK}, with the position where it was
     */
    public int tryRead(long offsetBytes, ByteBuffer direct) throws IOException {
        return switch (readiness) {
            case ASKED -> readIfReady(offsetBytes, direct);
            case ALWAYS -> read(offsetBytes, direct);
            case UNKNOWN -> WOULD_BLOCK;
        };
    }

    private int readIfReady(long offsetBytes, ByteBuffer direct) throws IOException {
        ByteBuffer iovec = IOVEC.get();
        iovec.putLong(0, MEMORY.getDirectBufferAddress(direct) + direct.position());
        iovec.putLong(LibC.IOVEC_LENGTH_OFFSET, direct.remaining());
        long iovecAddress = MEMORY.getDirectBufferAddress(iovec);
        acquire();
        try {
            long count = LibC.INSTANCE.preadv2(number, iovecAddress, 1, offsetBytes, LibC.RWF_NOWAIT);
            if (count >= 0) {
                return moved(direct, offsetBytes, count);
            }
            switch (LibC.errno()) {
                case LibC.EAGAIN, LibC.EINTR -> {
                    return WOULD_BLOCK;
                }
                case LibC.EOPNOTSUPP -> readiness = Readiness.byFileSystem(number);
                default -> throw failure("cannot read at byte " + offsetBytes + " of", path);
            }
        } finally {
            release();
            Reference.reachabilityFence(direct);
        }
        return tryRead(offsetBytes, direct);
    }

    /** Writes all that is between position and limit of a direct buffer; moves the position to the limit. */
    public void write(long offsetBytes, ByteBuffer direct) throws IOException {
        long address = MEMORY.getDirectBufferAddress(direct);
        for (long at = offsetBytes; direct.hasRemaining(); ) {
            long from = address + direct.position();
            long to = at;
            long count = call(
                    "cannot write at byte " + at + " of",
                    () -> LibC.INSTANCE.pwrite(number, from, direct.remaining(), to));
            direct.position(direct.position() + (int) count);
            at += count;
        }
        Reference.reachabilityFence(direct);
    }

    /** Cuts the file, or lengthens it by a hole. */
    public void truncate(long sizeBytes) throws IOException {
        call("cannot set the length to " + sizeBytes + " of", () -> LibC.INSTANCE.ftruncate(number, sizeBytes));
    }

    /** Gives the space of a range back; it reads as zeros from then on, and the length stays. */
    public void punchHole(long offsetBytes, long lengthBytes) throws IOException {
        int mode = LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE;
        call(
                "cannot punch a hole at byte " + offsetBytes + " of",
                () -> LibC.INSTANCE.fallocate(number, mode, offsetBytes, lengthBytes));
    }

    /** Returns once all that was written would survive a power loss. */
    public void sync() throws IOException {
        call("cannot sync", () -> LibC.INSTANCE.fsync(number));
    }

    /** Space that the file takes on its disk, in bytes; holes take none. */
    public long allocatedBytes() throws IOException {
        return stat().getLong(LibC.STATX_BLOCKS_OFFSET) * STAT_BLOCK_BYTES;
    }

    /** What the file system likes to be read and written in, bytes: at least the pieces that its holes are made of. */
    public int blockBytes() throws IOException {
        return stat().getInt(LibC.STATX_BLOCK_SIZE_OFFSET);
    }

    private ByteBuffer stat() throws IOException {
        ByteBuffer stat = STAT.get().order(ByteOrder.nativeOrder());
        long address = MEMORY.getDirectBufferAddress(stat);
        call("cannot stat", () -> LibC.INSTANCE.statx(number, "", LibC.AT_EMPTY_PATH, LibC.STATX_BLOCKS, address));
        return stat;
    }

    /**
     * Takes the file's lock for this descriptor, until it is closed or the process ends, even by SIGKILL.
     *
     * @return false if another descriptor has it, here or in another process
     */
    public boolean tryLock() throws IOException {
        return call(
                        "cannot lock",
                        () -> LibC.INSTANCE.flock(number, LibC.LOCK_EX | LibC.LOCK_NB) < 0
                                ? (LibC.errno() == LibC.EWOULDBLOCK ? 1 : -1)
                                : 0)
                == 0;
    }

    private long call(String whatFailed, LongSupplier systemCall) throws IOException {
        acquire();
        try {
            long result;
            do {
                result = systemCall.getAsLong();
            } while (result < 0 && LibC.errno() == LibC.EINTR);
            if (result < 0) {
                throw failure(whatFailed, path);
            }
            return result;
        } finally {
            release();
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
        return LibC.failure(whatFailed + " " + path);
    }
}
