package io.overlaybd.tools.ctl;

import io.overlaybd.io.sys.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether there is somebody to serve devices. Stateless. */
final class Daemon {

    private static final String NAME = "overlaybd-tcmu";
    private static final Duration RESTART = Duration.ofSeconds(30);

    private final KernelTree kernel;

    Daemon(KernelTree kernel) {
        this.kernel = kernel;
    }

    private Path blockParameter() {
        return kernel.module().resolve("block_netlink");
    }

    /** Whether the module with which devices are made is there. */
    boolean hasModule() {
        return kernel.exists(kernel.module());
    }

    /** Ours holds a lock of the module; of any other of that name the process tells. */
    boolean isRunning() throws IOException {
        if (!kernel.exists(blockParameter())) {
            return hasProcess();
        }
        try (FileDescriptor parameter = FileDescriptor.openReadOnly(blockParameter())) {
            return !parameter.tryLock() || hasProcess();
        }
    }

    private boolean hasProcess() throws IOException {
        try (Stream<Path> processes = Files.list(kernel.process())) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("[0-9]+"))
                    .anyMatch(this::isDaemon);
        }
    }

    private boolean isDaemon(Path process) {
        try {
            return kernel.read(process.resolve("comm")).filter(NAME::equals).isPresent();
        } catch (IOException endedMeanwhile) {
            return false;
        }
    }

    /** Whether it is starting: the kernel makes no devices then. */
    boolean isStarting() throws IOException {
        return kernel.read(blockParameter()).filter("1"::equals).isPresent();
    }

    /** Waits, but not for ever, while it is starting. */
    void awaitStart() throws IOException {
        boolean started = kernel.await(RESTART, () -> isStarting() ? Optional.empty() : Optional.of(true))
                .isPresent();
        if (!started) {
            throw new IOException("the daemon has been starting for " + RESTART.toSeconds() + " s; see its log");
        }
    }

    /** In words: {@code running}, {@code starting}, {@code not running}, {@code module not loaded}. */
    String state() throws IOException {
        if (!hasModule()) {
            return "module not loaded";
        }
        return isStarting() ? "starting" : isRunning() ? "running" : "not running";
    }

    /** {@link #check}, but only when one runs or time is up. */
    void await(Duration patience) throws IOException {
        kernel.await(
                patience,
                () -> kernel.exists(kernel.target()) && hasModule() && isRunning()
                        ? Optional.of(true)
                        : Optional.empty());
        check();
    }

    /** Without one, whoever enables a device would wait for ever, and could not even be killed. */
    void check() throws IOException {
        if (!kernel.exists(kernel.target())) {
            throw new IOException(kernel.target() + " is not there; load the modules and mount configfs:"
                    + " modprobe -a target_core_user tcm_loop && mount -t configfs none /sys/kernel/config");
        }
        if (!hasModule()) {
            throw new IOException(
                    "the module target_core_user is not loaded; run modprobe -a target_core_user tcm_loop");
        }
        if (!isRunning()) {
            throw new IOException(
                    "no overlaybd-tcmu is running; start it, for instance with" + " systemctl start overlaybd-tcmu");
        }
    }
}
