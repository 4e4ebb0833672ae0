package io.overlaybd.tcmu;

import io.netty.channel.IoRegistration;
import io.overlaybd.io.sys.ProcessMark;
import io.overlaybd.service.DaemonService;
import io.overlaybd.service.ImageService;
import io.overlaybd.service.admin.AdminApi;
import io.overlaybd.service.api.HttpApi;
import io.overlaybd.tcmu.netlink.TcmuNetlink;
import io.overlaybd.tcmu.supervision.Supervisor;
import io.overlaybd.tcmu.supervision.Watchdog;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon. As the original it takes the path of the global configuration as its only argument, stays in the foreground and
 * ends with 0 after SIGTERM or SIGINT, with 255 if it cannot start. SIGHUP has it read the configuration again. Thread-confined.
 */
public final class OverlaybdTcmu {

    private static final Logger LOG = LoggerFactory.getLogger(OverlaybdTcmu.class);
    private static final int CANNOT_START = 255;
    private static final Duration PREDECESSOR = Duration.ofSeconds(5);
    private static final Duration REPLIES = Duration.ofSeconds(5);
    private static final long STOP_SECONDS = 30;

    /** As long as the original waits for a registry that fails. */
    private static final Duration READ_PATIENCE = Duration.ofDays(7);

    private static final long FIRST_ATTEMPTS_SECONDS = 60;

    private final Supervisor manager =
            Supervisor.of(System.getenv(), ProcessHandle.current().pid());
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private OverlaybdTcmu() {}

    /** Runs the daemon and exits. */
    public static void main(String[] arguments) {
        Optional<CommandLine> line = CommandLine.parse(arguments, System.out);
        if (line.isEmpty()) {
            return;
        }
        try {
            new OverlaybdTcmu().run(line.get().config());
        } catch (IOException | InterruptedException | RuntimeException | LinkageError e) {
            System.err.println("overlaybd-tcmu: cannot start: " + (e.getMessage() == null ? e : e.getMessage()));
            System.exit(CANNOT_START);
        }
    }

    private void run(Optional<Path> config) throws IOException, InterruptedException {
        try (DaemonService daemon = DaemonService.start(config)) {
            Closeable api = HttpApi.startIfWanted(daemon.images());
            try {
                serveWithAdmin(daemon);
            } finally {
                api.close();
            }
        } finally {
            ended.countDown();
        }
    }

    private void serveWithAdmin(DaemonService daemon) throws IOException, InterruptedException {
        Closeable admin = AdminApi.startIfWanted(daemon);
        try {
            serve(daemon);
        } finally {
            admin.close();
        }
    }

    /** The kernel is answered until the last device is handed over. */
    private void serve(DaemonService daemon) throws IOException, InterruptedException {
        markProcess();
        ImageService images = daemon.images();
        try (KernelModule module = KernelModule.claim(KernelFiles.SYSTEM, PREDECESSOR);
                DaemonLoops loops = new DaemonLoops(images.devices())) {
            module.blockAndResetEvents();
            try (TcmuNetlink netlink = TcmuNetlink.open();
                    Devices devices = new Devices(
                            KernelFiles.SYSTEM,
                            name -> images.openPatiently(Path.of(name.path()), name.id(), READ_PATIENCE),
                            loops::startDevice,
                            WhenIdle.GIVE_MEMORY_BACK)) {
                LostEvents lost = new LostEvents(module, devices, KernelFiles.SYSTEM, REPLIES);
                IoRegistration registration = loops.listen(new EventSource(netlink, devices, lost::makeUpBeside));
                CompletableFuture<Void> found = devices.findAgain(Backstore.existing(KernelFiles.SYSTEM));
                module.unblockEvents();
                images.monitoring().health().started(devices::waitingForImages);
                Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "obd-stop"));
                Signals.on("HUP", () -> reload(daemon, devices));
                LOG.info("overlaybd-tcmu serves");
                new Thread(images::prepare, "obd-prepare").start();
                tellWhenReady(found, devices);
                Watchdog watchdog = Watchdog.start(manager, loops.each(), devices::status);
                asked.await();
                watchdog.close();
                registration.cancel();
                devices.handOver(images::close);
            }
        }
    }

    /** Whoever waits for this to mount its disks is to find them served, but is not held up for ever by a registry that is away. */
    private void tellWhenReady(CompletableFuture<Void> found, Devices devices) {
        manager.status("takes up the disks of its predecessor");
        found.orTimeout(FIRST_ATTEMPTS_SECONDS, TimeUnit.SECONDS)
                .whenComplete((ok, tooLong) -> manager.ready(devices.status()));
    }

    private void reload(DaemonService daemon, Devices devices) {
        manager.reloading();
        try {
            daemon.reloadOrTell();
        } finally {
            manager.ready(devices.status());
        }
    }

    /** What cannot be had is no reason not to serve, but one to know of. */
    private static void markProcess() {
        if (!ProcessMark.isIoFlusher()) {
            LOG.warn("not marked as a process that I/O passes through: if memory runs short it may wait for itself;"
                    + " start it by bin/overlaybd-tcmu, as root");
        }
        try {
            ProcessMark.keepInMemory();
        } catch (IOException e) {
            LOG.warn("{}: if memory runs short it may wait for itself; start it as root", e.getMessage());
        }
    }

    /** Without the halt a VM that a signal ended would exit with 143. */
    private void onSignal() {
        LOG.info("asked to end");
        manager.stopping();
        asked.countDown();
        try {
            if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.error("does not come to an end, is ended: the next daemon goes on with the devices");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }
}
