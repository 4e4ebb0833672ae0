package io.overlaybd.io.sys;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How one learns whether bytes of a file can be had without waiting for a disk. */
enum Readiness {
    /** The kernel tells with each read, by RWF_NOWAIT. */
    ASKED,
    /** They can: there is no disk. */
    ALWAYS,
    /** One does not, so that they may not be counted on. */
    UNKNOWN;

    /**
     * What holds for an open file whose file system does not know RWF_NOWAIT. What lies in memory is ready. So is what lies
     * on hostfs, the files of the machine that a user-mode Linux runs on: during such a read that whole Linux stands still,
     * whichever thread waits.
     */
    static Readiness byFileSystem(int descriptor) {
        ByteBuffer statfs = ByteBuffer.allocateDirect(LibC.STATFS_BYTES).order(ByteOrder.nativeOrder());
        if (LibC.INSTANCE.fstatfs(descriptor, MemoryIO.getInstance().getDirectBufferAddress(statfs)) < 0) {
            return UNKNOWN;
        }
        long type = statfs.getLong(LibC.STATFS_TYPE_OFFSET);
        return type == LibC.TMPFS_MAGIC || type == LibC.RAMFS_MAGIC || type == LibC.HOSTFS_MAGIC ? ALWAYS : UNKNOWN;
    }
}
