package io.overlaybd.tcmu;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parameters of the module with which a starting daemon clears away what waits for its predecessor. Who has one of these
 * claims them for himself: two daemons of this kind would take each other's devices away. Thread-safe.
 */
final class KernelModule implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(KernelModule.class);
    private static final long POLL_MILLIS = 50;
    private static final String BLOCK = "block_netlink";
    private static final String RESET = "reset_netlink";

    private final Path parameters;
    private final FileDescriptor lock; // null without parameters

    private KernelModule(Path parameters, FileDescriptor lock) {
        this.parameters = parameters;
        this.lock = lock;
    }

    /**
     * Claims the module. The kernel drops the claim with the process, however that ends; one that is ending is waited for.
     *
     * @throws IOException if another daemon of this kind runs
     */
    static KernelModule claim(KernelFiles files, Duration patience) throws IOException, InterruptedException {
        Path parameter = files.module().resolve(BLOCK);
        if (Files.notExists(parameter)) {
            LOG.debug("target_core_user is not loaded, or older than Linux 5.0");
            return new KernelModule(files.module(), null);
        }
        KernelModule module = new KernelModule(files.module(), FileDescriptor.openReadOnly(parameter));
        boolean claimed = false;
        try {
            long endNanos = System.nanoTime() + patience.toNanos();
            while (!(claimed = module.lock.tryLock())) {
                if (System.nanoTime() - endNanos > 0) {
                    throw new IOException(
                            "another overlaybd-tcmu is running, " + parameter + " is locked by it; end that one first");
                }
                Thread.sleep(POLL_MILLIS);
            }
            return module;
        } finally {
            if (!claimed) {
                module.close();
            }
        }
    }

    /** Holds back events, and ends the waiting for replies that will not come any more. */
    void blockAndResetEvents() throws IOException {
        blockEvents();
        resetEvents();
    }

    /** Holds back events: devices are refused, and go without a word. */
    void blockEvents() throws IOException {
        set(BLOCK, "1");
    }

    /** Ends the waiting for replies. Only while events are held back. */
    void resetEvents() throws IOException {
        set(RESET, "1");
    }

    /** Lets events come. */
    void unblockEvents() throws IOException {
        set(BLOCK, "0");
    }

    /** Kernels before 5.0 have no such parameters. */
    private void set(String parameter, String value) throws IOException {
        try {
            Files.writeString(parameters.resolve(parameter), value, StandardOpenOption.WRITE);
        } catch (NoSuchFileException olderKernel) {
            LOG.debug("target_core_user has no {}", parameter);
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }
}
