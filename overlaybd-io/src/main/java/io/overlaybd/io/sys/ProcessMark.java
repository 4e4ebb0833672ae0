package io.overlaybd.io.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the kernel is to know of this process because others wait for it: it is what memory is written out through, so it
 * must never wait for memory to be written out. Stateless.
 */
public final class ProcessMark {

    private static final int STANDARD_ERROR = 2;

    /** Less than the 32 KiB in which the compilers of the VM take memory, tens of MiB of it for a while. */
    private static final int UNMAPPED_WHEN_FREE_BYTES = 24 << 10;

    private ProcessMark() {}

    /**
     * Marks the calling thread, and all that it starts later, as one that I/O passes through: memory for it is found without
     * doing I/O. What runs already is not marked. Lasts beyond {@link #become}.
     *
     * @throws IOException without the right to (CAP_SYS_RESOURCE), or from a kernel older than 5.6
     */
    public static void setIoFlusher() throws IOException {
        set(LibC.PR_SET_IO_FLUSHER, "cannot mark this process as one that I/O passes through");
    }

    /** Whether the calling thread is so marked. */
    public static boolean isIoFlusher() {
        return LibC.INSTANCE.prctl(LibC.PR_GET_IO_FLUSHER, 0, 0, 0, 0) == 1;
    }

    /** Gives the process pages of ordinary size only, which the kernel finds without moving others. Lasts beyond {@link #become}. */
    public static void disableHugePages() throws IOException {
        set(LibC.PR_SET_THP_DISABLE, "cannot switch huge pages off");
    }

    private static void set(int option, String what) throws IOException {
        if (LibC.INSTANCE.prctl(option, 1, 0, 0, 0) < 0) {
            throw LibC.failure(what);
        }
    }

    /**
     * Keeps in memory whatever once was in it, program, heap and stacks, now and from now on: no page of it has to be read
     * back before it can be used. What was never used takes up nothing. Free memory that is kept so cannot be given back; so what
     * is allocated in large pieces from now on is unmapped when it is freed.
     *
     * @throws IOException without the right to (CAP_IPC_LOCK)
     */
    public static void keepInMemory() throws IOException {
        LibC.INSTANCE.mallopt(LibC.M_MMAP_THRESHOLD, UNMAPPED_WHEN_FREE_BYTES);
        if (LibC.INSTANCE.mlockall(LibC.MCL_CURRENT | LibC.MCL_FUTURE | LibC.MCL_ONFAULT) < 0) {
            throw LibC.failure("cannot keep this process in memory");
        }
    }

    /**
     * Gives what the C library has free back to the kernel. Nothing that is kept in memory can be, so for that moment, some
     * milliseconds, nothing is; so only for a process that nobody waits for.
     *
     * @throws IOException as {@link #keepInMemory}, with which it ends
     */
    public static void giveFreeMemoryBack() throws IOException {
        LibC.INSTANCE.munlockall();
        LibC.INSTANCE.malloc_trim(0);
        keepInMemory();
    }

    /**
     * Has another program take this one's place, in the same process, with standard input, output and error and no other
     * open file: the VM lets its own be inherited. Comes back only by its exception.
     *
     * @param command the path of the program, and its arguments
     */
    public static void become(String... command) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            files.mapToInt(file -> Integer.parseInt(file.getFileName().toString()))
                    .filter(number -> number > STANDARD_ERROR)
                    .forEach(number -> LibC.INSTANCE.fcntl(number, LibC.F_SETFD, LibC.FD_CLOEXEC));
        }
        LibC.INSTANCE.execv(command[0], command);
        throw LibC.failure("cannot start " + command[0]);
    }
}
