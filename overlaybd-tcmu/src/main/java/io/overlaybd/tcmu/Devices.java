package io.overlaybd.tcmu;

import io.overlaybd.tcmu.netlink.TcmuEvent;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that are served: those the kernel tells of, and those that were there before. What happens to one device happens
 * in order; what happens to different ones does not wait for each other: an image whose registry is slow holds up nobody else.
 * Thread-safe.
 */
final class Devices implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
    private static final Duration LAST_REPLIES = Duration.ofSeconds(2);
    private static final int OK = 0;
    private static final int ENOENT = 2;
    private static final int EOPNOTSUPP = 95;

    private final KernelFiles files;
    private final DeviceTable table;
    private final DeviceTasks tasks = new DeviceTasks();
    private final PendingReplies replies = new PendingReplies();
    private final FoundDevices found;
    private final WhenIdle whenIdle;
    private final AtomicBoolean idleSoon = new AtomicBoolean();

    Devices(KernelFiles files, Images images, DeviceTable.Starter starter, WhenIdle whenIdle) {
        this.files = files;
        this.table = new DeviceTable(images, starter);
        this.found = new FoundDevices(table, tasks);
        this.whenIdle = whenIdle;
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
        Served device = table.start(new Backstore(files, event.minor(), name), false, found::lost);
        boolean done = false;
        try {
            table.openImage(device);
            done = true;
            return OK;
        } finally {
            if (!done) {
                table.remove(event.minor());
            }
        }
    }

    private int remove(int minor) throws IOException {
        table.remove(minor);
        if (table.size() == 0 && idleSoon.compareAndSet(false, true)) {
            tasks.later(whenIdle.after(), this::idle);
        }
        return OK;
    }

    private void idle() {
        idleSoon.set(false);
        if (table.size() == 0) {
            whenIdle.work().run();
        }
    }

    /** In words. */
    String status() {
        int count = table.size();
        return "serves " + count + (count == 1 ? " disk" : " disks");
    }

    /** See {@link FoundDevices#takeUp}. */
    CompletableFuture<Void> findAgain(List<Backstore> existing) {
        return found.takeUp(existing);
    }

    /** Which of those that were found again are still there and have no image yet. */
    List<String> waitingForImages() {
        return found.waitingForImages();
    }

    /**
     * Hands over all devices at the same time, within a bound. They stay, and are found again.
     *
     * @param endOpening has images that are being opened fail, so that what the kernel waits for can be replied to
     */
    void handOver(Runnable endOpening) {
        CompletableFuture<?>[] closing = table.all().stream()
                .map(device -> CompletableFuture.runAsync(() -> table.handOver(device), tasks::besideOrHere))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(closing).join();
        endOpening.run();
        tasks.end(LAST_REPLIES);
    }

    /** Idempotent. */
    @Override
    public void close() {
        handOver(() -> {});
    }
}
