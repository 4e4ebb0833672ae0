package io.overlaybd.io.sys;

import java.io.IOException;

/** A system call that the kernel refused, in words and as its error number. */
public final class SystemCallException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    SystemCallException(String message, int errno) {
        super(message + " (errno " + errno + ")");
        this.errno = errno;
    }

    /** Whether there was no room: on the disk, in the quota, or beyond what one file may have. */
    public boolean isOutOfSpace() {
        return errno == LibC.ENOSPC || errno == LibC.EDQUOT || errno == LibC.EFBIG;
    }
}
