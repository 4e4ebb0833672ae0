package io.overlaybd.io.sys;

import java.io.IOException;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.NulTerminate;

/**
 * The calls into the C library that the JDK has no way to, or no precise way. Linux, 64-bit. Buffers are passed by
 * address: a call with numbers only is the cheapest that jnr-ffi can make. Who passes an address keeps the buffer
 * reachable until the call is back.
 */
public interface LibC {

    LibC INSTANCE = LibraryLoader.create(LibC.class).load("c");

    int O_RDONLY = 0;
    int O_RDWR = 2;
    int O_CREAT = 0x40;
    int O_CLOEXEC = 0x80000;

    int SEEK_END = 2;
    int SEEK_DATA = 3;
    int SEEK_HOLE = 4;

    int FALLOC_FL_KEEP_SIZE = 1;
    int FALLOC_FL_PUNCH_HOLE = 2;

    int LOCK_EX = 2;
    int LOCK_NB = 4;

    int AT_EMPTY_PATH = 0x1000;
    int STATX_BLOCKS = 0x400;
    int STATX_BYTES = 256;
    int STATX_BLOCK_SIZE_OFFSET = 4;
    int STATX_BLOCKS_OFFSET = 48;

    int PROT_NONE = 0;
    int PROT_READ = 1;
    int PROT_WRITE = 2;
    int MAP_SHARED = 1;
    int MAP_ANONYMOUS = 0x20;
    /** The pages leave the address range of the process; what they hold stays if it is shared. */
    int MADV_DONTNEED = 4;

    long MAP_FAILED = -1;

    int AF_UNIX = 1;
    int AF_NETLINK = 16;
    int SOCK_DGRAM = 2;
    int SOCK_RAW = 3;
    int SOCK_CLOEXEC = 0x80000;
    int MSG_DONTWAIT = 0x40;
    int SOL_SOCKET = 1;
    int SO_RCVBUFFORCE = 33;
    int SO_MEMINFO = 55;
    int MEMINFO_BYTES = 36;
    int MEMINFO_DROPS_OFFSET = 32;
    int SOL_NETLINK = 270;
    int NETLINK_ADD_MEMBERSHIP = 1;
    int NETLINK_NO_ENOBUFS = 5;

    int PR_SET_THP_DISABLE = 41;
    int PR_SET_IO_FLUSHER = 57;
    int PR_GET_IO_FLUSHER = 58;

    int F_SETFD = 2;
    int FD_CLOEXEC = 1;

    int MCL_CURRENT = 1;
    int MCL_FUTURE = 2;
    int MCL_ONFAULT = 4;

    /** From which length on malloc maps an allocation by itself, which goes back to the kernel as soon as it is freed. */
    int M_MMAP_THRESHOLD = -3;

    int EINTR = 4;
    int ENXIO = 6;
    int EAGAIN = 11;
    int EWOULDBLOCK = 11;
    int EFBIG = 27;
    int ENOSPC = 28;
    int EOPNOTSUPP = 95;
    int EDQUOT = 122;

    int RWF_NOWAIT = 8;
    int IOVEC_BYTES = 16;
    int IOVEC_LENGTH_OFFSET = 8;

    int STATFS_BYTES = 120;
    int STATFS_TYPE_OFFSET = 0;
    long TMPFS_MAGIC = 0x01021994L;
    long RAMFS_MAGIC = 0x858458F6L;
    long HOSTFS_MAGIC = 0x00C0FFEEL;

    int open(String path, int flags, int mode);

    int close(int fd);

    long pread(int fd, long address, long count, long offset);

    /** Reads into the buffers of an array of iovecs. */
    long preadv2(int fd, long iovecs, int iovecCount, long offset, int flags);

    long pwrite(int fd, long address, long count, long offset);

    long lseek(int fd, long offset, int whence);

    int ftruncate(int fd, long length);

    int fallocate(int fd, int mode, long offset, long length);

    int fsync(int fd);

    long read(int fd, long address, long count);

    long write(int fd, long address, long count);

    /**
     * Answers the address, or {@link #MAP_FAILED}. The hint is a {@link Pointer}, to be null, because jnr-ffi up to 2.3.0
     * passes a wrong sixth argument if all six are numbers.
     */
    long mmap(Pointer hint, long lengthBytes, int protection, int flags, int fd, long offsetBytes);

    int mprotect(long address, long lengthBytes, int protection);

    int munmap(long address, long lengthBytes);

    int madvise(long address, long lengthBytes, int advice);

    int socket(int domain, int type, int protocol);

    int bind(int fd, long address, int length);

    int connect(int fd, long address, int length);

    int setsockopt(int fd, int level, int option, long address, int length);

    /** The length, an int at an address of its own, goes in and comes back. */
    int getsockopt(int fd, int level, int option, long address, long lengthAddress);

    long send(int fd, long address, long count, int flags);

    long recv(int fd, long address, long count, int flags);

    /** A lock of the open file, not of the process; the kernel drops it when the file is closed, however that comes. */
    int flock(int fd, int operation);

    /** The one call of the stat family whose struct is the same on every architecture. */
    int statx(int directoryFd, String path, int flags, int mask, long address);

    int fstatfs(int fd, long address);

    /** What it sets belongs to the calling thread, and to those that it starts later. */
    int prctl(int option, long argument2, long argument3, long argument4, long argument5);

    /** Comes back only if it failed; the calling thread, with what it is marked as, is the new program's first. */
    int execv(String path, @NulTerminate String[] arguments);

    int fcntl(int fd, int command, long argument);

    int mlockall(int flags);

    int munlockall();

    /** Answers 1 if the parameter was taken. */
    int mallopt(int parameter, int value);

    /** Gives free memory of malloc back to the kernel, but for what {@code mlockall} holds; answers 1 if there was any. */
    int malloc_trim(long padBytes);

    /** The words for an error number. */
    String strerror(int errno);

    /** What the last call of this thread failed with, in words. */
    static IOException failure(String whatFailed) {
        int errno = errno();
        return new SystemCallException(whatFailed + ": " + INSTANCE.strerror(errno), errno);
    }

    /** The error number that the last call of this thread left. */
    static int errno() {
        return Runtime.getRuntime(INSTANCE).getLastError();
    }
}
