package io.overlaybd.tcmu;

import io.overlaybd.tcmu.netlink.TcmuEvent;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that are served. What happens to one device happens in order; what happens to different ones does not wait for
 * each other: an image whose registry is slow holds up nobody else. Thread-safe.
 */
final class Devices implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration LAST_REPLIES = Duration.ofSeconds(2);
    private static final int OK = 0;
    private static final int ENOENT = 2;
    private static final int EOPNOTSUPP = 95;

    /** Begins to serve the ring of a device. */
    @FunctionalInterface
    interface Starter {
        /** See {@link ServedDevice#start}. */
        Served start(Backstore backstore, boolean found, Runnable whenLost) throws IOException;
    }

    private final KernelFiles files;
    private final Images images;
    private final Starter starter;
    private final DeviceTasks tasks = new DeviceTasks();
    private final PendingReplies replies = new PendingReplies();
    private final Map<Integer, Served> served = new ConcurrentHashMap<>(); // by minor
    private volatile List<Backstore> found = List.of();

    Devices(KernelFiles files, Images images, Starter starter) {
        this.files = files;
        this.images = images;
        this.starter = starter;
    }

    /** Deals with an event in its turn, and replies once, whatever happens. */
    void handle(TcmuEvent event, PendingReply.Replier replier) {
        PendingReply reply = replies.expect(event, replier);
        tasks.inOrder(event.minor(), () -> reply.send(statusOf(event))).whenComplete((ok, failure) -> {
            if (failure != null) {
                LOG.error("{}: {}", event.name(), failure.toString());
                reply.send(statusOfFailure(event));
            }
        });
    }

    /** What the kernel waits for. */
    PendingReplies replies() {
        return replies;
    }

    private int statusOf(TcmuEvent event) {
        try {
            return switch (event.kind()) {
                case ADDED -> add(event);
                case REMOVED -> remove(event.minor());
                case RECONFIGURED -> -EOPNOTSUPP;
            };
        } catch (IOException e) {
            LOG.error("{}: {}", event.name(), e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("{}", event.name(), e);
        }
        return statusOfFailure(event);
    }

    /** As the original, any failure is "no such file": the snapshotter knows no other. A device goes, whatever we think of it. */
    private static int statusOfFailure(TcmuEvent event) {
        return event.kind() == TcmuEvent.Kind.REMOVED ? OK : -ENOENT;
    }

    private int add(TcmuEvent event) throws IOException {
        DeviceName name = DeviceName.parse(event.name()).orElse(null);
        if (name == null || !name.isOurs()) {
            LOG.warn("{}: not for this daemon", event.name());
            return -ENOENT;
        }
        Served device = start(new Backstore(files, event.minor(), name), false);
        boolean done = false;
        try {
            openImage(device);
            done = true;
            return OK;
        } finally {
            if (!done) {
                remove(event.minor());
            }
        }
    }

    /** A device that vanished without a word may have had the same number. */
    private Served start(Backstore backstore, boolean found) throws IOException {
        remove(backstore.minor());
        Served device = starter.start(backstore, found, () -> lost(backstore));
        served.put(backstore.minor(), device);
        return device;
    }

    private void openImage(Served device) throws IOException {
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
        Served device = served.remove(minor);
        if (device != null) {
            device.close();
            LOG.info("uio{}: removed", minor);
        }
        return OK;
    }

    /** In words. */
    String status() {
        return "serves " + served.size() + (served.size() == 1 ? " disk" : " disks");
    }

    /**
     * Serves on what a predecessor left, all at the same time, and drops what is gone. Returns before that is done.
     *
     * @return ends when each is served, or could not be at the first attempt
     */
    CompletableFuture<Void> findAgain(List<Backstore> existing) {
        found = existing;
        served.values().forEach(device -> lostUnless(existing, device.backstore()));
        return CompletableFuture.allOf(
                existing.stream().map(this::takeUpInOrder).toArray(CompletableFuture[]::new));
    }

    /** Which of those that were found again are still there and have no image yet. */
    List<String> waitingForImages() {
        return found.stream()
                .filter(backstore -> !isServed(backstore) && backstore.exists())
                .map(Backstore::uio)
                .toList();
    }

    private boolean isServed(Backstore backstore) {
        Served device = served.get(backstore.minor());
        return device != null && device.hasImage();
    }

    private void lostUnless(List<Backstore> existing, Backstore backstore) {
        if (!existing.contains(backstore)) {
            lost(backstore);
        }
    }

    private CompletableFuture<Void> takeUpInOrder(Backstore backstore) {
        CompletableFuture<Void> attempted = new CompletableFuture<>();
        tasks.inOrder(backstore.minor(), () -> takeUp(backstore, Backoff.FIRST, attempted))
                .whenComplete((ok, failure) -> {
                    if (failure != null) {
                        LOG.error("{}: held back until this daemon is restarted", backstore.uio(), failure);
                        attempted.complete(null);
                    }
                });
        return attempted;
    }

    /** Until the predecessor is gone its ring cannot be had: the kernel holds commands back meanwhile. */
    private void takeUp(Backstore backstore, Backoff backoff, CompletableFuture<Void> attempted) {
        if (served.containsKey(backstore.minor()) || !backstore.exists()) {
            attempted.complete(null);
            return;
        }
        try {
            backstore.block(true);
            Served device = start(backstore, true);
            tasks.beside(() -> openAndUnblock(device, attempted));
        } catch (IOException | RuntimeException e) {
            attempted.complete(null);
            Duration delay = backoff.delay();
            LOG.error("{}: held back, tried again in {} ms: {}", backstore.uio(), delay.toMillis(), e.toString());
            tasks.later(
                    delay, () -> tasks.inOrder(backstore.minor(), () -> takeUp(backstore, backoff.next(), attempted)));
        }
    }

    /** Commands come again once it is known whether there is an image: a usual restart is no more than a pause to them. */
    private void openAndUnblock(Served device, CompletableFuture<Void> attempted) {
        try {
            openOrTryAgain(device, Backoff.FIRST);
        } finally {
            unblock(device.backstore());
            attempted.complete(null);
        }
    }

    private static void unblock(Backstore backstore) {
        try {
            backstore.block(false);
        } catch (IOException e) {
            LOG.error("{}: commands are held back until this daemon is restarted: {}", backstore.uio(), e.toString());
        }
    }

    /** Whoever uses the disk hears NOT READY meanwhile. Not in order: the device may be removed before its image opens. */
    private void openOrTryAgain(Served device, Backoff backoff) {
        if (device.isClosed()) {
            return;
        }
        try {
            openImage(device);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            Duration delay = backoff.delay();
            String uio = device.backstore().uio();
            LOG.error("{}: not ready, tried again in {} ms: {}", uio, delay.toMillis(), e.toString());
            tasks.later(delay, () -> openOrTryAgain(device, backoff.next()));
        }
    }

    /** A device that went without a word is dropped; one whose ring makes no sense any more is taken up again with an empty one. */
    private void lost(Backstore backstore) {
        tasks.inOrder(backstore.minor(), () -> {
            Served device = served.get(backstore.minor());
            if (device == null || device.backstore() != backstore) {
                return;
            }
            try {
                remove(backstore.minor());
            } catch (IOException e) {
                LOG.warn("{}: {}", backstore.uio(), e.toString());
            }
            if (backstore.exists()) {
                tasks.later(Backoff.FIRST.delay(), () -> takeUpInOrder(backstore));
            }
        });
    }

    /**
     * Hands over all devices at the same time, within a bound. They stay, and are found again.
     *
     * @param endOpening has images that are being opened fail, so that what the kernel waits for can be replied to
     */
    void handOver(Runnable endOpening) {
        CompletableFuture<?>[] closing = served.keySet().stream()
                .map(minor -> CompletableFuture.runAsync(() -> handOver(minor), tasks::besideOrHere))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(closing).join();
        endOpening.run();
        tasks.end(LAST_REPLIES);
    }

    private void handOver(int minor) {
        Served device = served.remove(minor);
        if (device == null) {
            return;
        }
        try {
            device.handOver(DRAIN);
        } catch (IOException | InterruptedException e) {
            LOG.error("uio{}: {}", minor, e.toString());
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        handOver(() -> {});
    }
}
