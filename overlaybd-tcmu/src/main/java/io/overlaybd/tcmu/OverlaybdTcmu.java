package io.overlaybd.tcmu;

import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.overlaybd.service.ImageService;
import io.overlaybd.tcmu.netlink.TcmuNetlink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon. As the original it takes the path of the global configuration as its only argument, has no options, stays in
 * the foreground and ends with 0 after SIGTERM or SIGINT, with 255 if it cannot start. Thread-confined.
 */
public final class OverlaybdTcmu {

    private static final Logger LOG = LoggerFactory.getLogger(OverlaybdTcmu.class);
    private static final int CANNOT_START = 255;

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
        } catch (IOException | InterruptedException e) {
            LOG.error("cannot start: {}", e.toString());
            System.exit(CANNOT_START);
        }
    }

    /** The kernel is answered until the last device is handed over. */
    private void run(Optional<Path> config) throws IOException, InterruptedException {
        try (ImageService images = ImageService.configured(config)) {
            KernelModule.blockAndResetEvents();
            try (TcmuNetlink netlink = TcmuNetlink.open();
                    Devices devices = new Devices(images)) {
                IoRegistration registration = listen(netlink, devices);
                devices.findAgain(Backstore.existing().toList());
                KernelModule.unblockEvents();
                Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "obd-stop"));
                LOG.info("overlaybd-tcmu serves");
                asked.await();
                registration.cancel();
            }
        } finally {
            ended.countDown();
        }
    }

    /** Edge-triggered: what came before is looked at once. */
    private static IoRegistration listen(TcmuNetlink netlink, Devices devices) {
        EventSource source = new EventSource(netlink, devices);
        var loop = devices.loops().next();
        IoRegistration registration =
                loop.register(source).syncUninterruptibly().getNow();
        registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
        loop.execute(() -> source.handle(registration, null));
        return registration;
    }

    /** Without the halt a VM that a signal ended would exit with 143. */
    private void onSignal() {
        asked.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }
}
