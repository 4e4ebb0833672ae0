package io.overlaybd.tcmu;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.overlaybd.service.ImageService;
import io.overlaybd.tcmu.loop.RingLoops;
import io.overlaybd.tcmu.netlink.TcmuEvent;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that are served. What happens to one device happens in order; what happens to different ones does not wait for
 * each other: an image whose registry is slow holds up nobody else. Thread-safe.
 */
final class Devices implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
    private static final Duration DRAIN = Duration.ofSeconds(15);
    private static final int TAKE_UP_SECONDS = 1;
    private static final int RETRY_SECONDS = 5;
    private static final int OK = 0;
    private static final int ENOENT = 2;
    private static final int EOPNOTSUPP = 95;

    private final ImageService images;
    private final MultiThreadIoEventLoopGroup loops =
            new RingLoops(Runtime.getRuntime().availableProcessors(), new DefaultThreadFactory("obd-ring", true));
    private final ExecutorService openers = Executors.newCachedThreadPool(new DefaultThreadFactory("obd-device", true));
    private final Map<Integer, CompletableFuture<Void>> lastTasks = new ConcurrentHashMap<>();
    private final Map<Integer, ServedDevice> served = new ConcurrentHashMap<>(); // by minor

    Devices(ImageService images) {
        this.images = images;
    }

    MultiThreadIoEventLoopGroup loops() {
        return loops;
    }

    /** Tells the kernel how an event was dealt with. */
    interface Replier {
        void reply(TcmuEvent event, int status) throws IOException;
    }

    /** Deals with an event in its turn, and replies once, whatever happens. */
    void handle(TcmuEvent event, Replier replier) {
        inOrder(event.minor(), () -> {
            int status = statusOf(event);
            try {
                replier.reply(event, status);
            } catch (IOException e) {
                LOG.error("cannot reply to {}: whoever waits for it goes on when this daemon is restarted", event, e);
            }
        });
    }

    private void inOrder(int minor, Runnable task) {
        lastTasks.compute(
                minor,
                (key, last) -> last == null || last.isDone()
                        ? CompletableFuture.runAsync(task, openers)
                        : last.handle((ok, failure) -> null).thenRunAsync(task, openers));
    }

    private int statusOf(TcmuEvent event) {
        try {
            return switch (event.kind()) {
                case ADDED -> add(event);
                case REMOVED -> remove(event.minor());
                case RECONFIGURED -> -EOPNOTSUPP;
            };
        } catch (IOException e) {
            LOG.error("{}: {}", event.name(), e.toString());
        } catch (RuntimeException | Error e) {
            LOG.error("{}", event.name(), e);
        }
        return event.kind() == TcmuEvent.Kind.REMOVED ? OK : -ENOENT;
    }

    /** As the original, any failure is "no such file": the snapshotter knows no other. */
    private int add(TcmuEvent event) throws IOException {
        DeviceName name = DeviceName.parse(event.name()).orElse(null);
        if (name == null || !name.isOurs()) {
            LOG.warn("{}: not for this daemon", event.name());
            return -ENOENT;
        }
        open(new Backstore(event.minor(), name));
        return OK;
    }

    private void open(Backstore backstore) throws IOException {
        ServedDevice device = start(backstore);
        try {
            openImage(device);
        } catch (IOException | RuntimeException e) {
            remove(backstore.minor());
            throw e;
        }
    }

    /** A device that vanished without a word may have had the same number. */
    private ServedDevice start(Backstore backstore) throws IOException {
        remove(backstore.minor());
        ServedDevice device = ServedDevice.start(backstore, loops.next());
        served.put(backstore.minor(), device);
        return device;
    }

    private void openImage(ServedDevice device) throws IOException {
        long startNanos = System.nanoTime();
        device.openImage(images);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        Backstore backstore = device.backstore();
        LOG.info(
                "{}: serves {}, opened in {} ms",
                backstore.uio(),
                backstore.name().path(),
                millis);
    }

    private int remove(int minor) throws IOException {
        ServedDevice device = served.remove(minor);
        if (device != null) {
            device.close();
            LOG.info("uio{}: removed", minor);
        }
        return OK;
    }

    /** Serves on what a predecessor left, all at the same time. Returns before they are open. */
    void findAgain(List<Backstore> existing) {
        existing.forEach(backstore -> inOrder(backstore.minor(), () -> takeUp(backstore)));
    }

    /** Until the predecessor is gone its ring cannot be had: the kernel holds commands back meanwhile. */
    private void takeUp(Backstore backstore) {
        if (served.containsKey(backstore.minor()) || !backstore.exists()) {
            return;
        }
        try {
            backstore.block(true);
            backstore.resetRing();
            openOrTryAgain(start(backstore));
            backstore.block(false);
        } catch (IOException | RuntimeException e) {
            LOG.error("{}: held back, tried again in {} s: {}", backstore.uio(), TAKE_UP_SECONDS, e.toString());
            later(TAKE_UP_SECONDS, backstore, () -> takeUp(backstore));
        }
    }

    /** Whoever uses the disk hears NOT READY meanwhile. */
    private void openOrTryAgain(ServedDevice device) {
        if (device.isClosed()) {
            return;
        }
        try {
            openImage(device);
        } catch (IOException | RuntimeException e) {
            Backstore backstore = device.backstore();
            LOG.error("{}: not ready, tried again in {} s: {}", backstore.uio(), RETRY_SECONDS, e.toString());
            later(RETRY_SECONDS, backstore, () -> openOrTryAgain(device));
        }
    }

    private void later(int seconds, Backstore backstore, Runnable task) {
        loops.next().schedule(() -> inOrder(backstore.minor(), task), seconds, TimeUnit.SECONDS);
    }

    /** Hands over all devices, at the same time. Idempotent. */
    @Override
    public void close() {
        handOverAll();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** An image that is being opened is not waited for: the device stays, and is found again. */
    private void handOverAll() {
        List<CompletableFuture<Void>> closing = served.keySet().stream()
                .map(minor -> CompletableFuture.runAsync(() -> handOver(minor), openers))
                .toList();
        CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).join();
        openers.shutdown();
    }

    private void handOver(int minor) {
        ServedDevice device = served.remove(minor);
        if (device == null) {
            return;
        }
        try {
            device.handOver(DRAIN);
        } catch (IOException | InterruptedException e) {
            LOG.error("uio{}: {}", minor, e.toString());
        }
    }
}
