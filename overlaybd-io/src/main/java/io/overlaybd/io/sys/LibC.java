package io.overlaybd.io.sys;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The calls into the C library that the JDK has no way to, or no precise way. Linux, 64-bit. Buffers are passed by
 * address: a call with numbers only is the cheapest that jnr-ffi can make. Who passes an address keeps the buffer
 * reachable until the call is back.
 */
public interface LibC {

    LibC INSTANCE = LibraryLoader.create(LibC.class).load("c");

    int O_RDONLY = 0;
    int O_CLOEXEC = 0x80000;

    int SEEK_END = 2;
    int SEEK_DATA = 3;
    int SEEK_HOLE = 4;

    int EINTR = 4;
    int ENXIO = 6;

    int open(String path, int flags, int mode);

    int close(int fd);

    long pread(int fd, long address, long count, long offset);

    long lseek(int fd, long offset, int whence);

    /** The words for an error number. */
    String strerror(int errno);

    /** The error number that the last call of this thread left. */
    static int errno() {
        return Runtime.getRuntime(INSTANCE).getLastError();
    }
}
