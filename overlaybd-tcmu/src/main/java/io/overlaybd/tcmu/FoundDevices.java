package io.overlaybd.tcmu;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up devices that are there already: what a predecessor left, and those whose ring makes no sense any more. What cannot be
 * had yet, the ring or the image, is tried again for as long as the device exists. Thread-safe.
 */
final class FoundDevices {

    private static final Logger LOG = LoggerFactory.getLogger(FoundDevices.class);

    private final DeviceTable table;
    private final DeviceTasks tasks;
    private volatile List<Backstore> found = List.of();

    FoundDevices(DeviceTable table, DeviceTasks tasks) {
        this.table = table;
        this.tasks = tasks;
    }

    /**
     * Serves them on, all at the same time, and drops what is gone. Returns before that is done.
     *
     * @return ends when each is served, or could not be at the first attempt
     */
    CompletableFuture<Void> takeUp(List<Backstore> existing) {
        found = existing;
        table.all().stream()
                .map(Served::backstore)
                .filter(backstore -> !existing.contains(backstore))
                .forEach(this::lost);
        return CompletableFuture.allOf(
                existing.stream().map(this::takeUpInOrder).toArray(CompletableFuture[]::new));
    }

    /** Which of them are still there and have no image yet. */
    List<String> waitingForImages() {
        return found.stream()
                .filter(backstore -> !isServed(backstore) && backstore.exists())
                .map(Backstore::uio)
                .toList();
    }

    private boolean isServed(Backstore backstore) {
        return table.of(backstore).filter(Served::hasImage).isPresent();
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
        if (table.of(backstore).isPresent() || !backstore.exists()) {
            attempted.complete(null);
            return;
        }
        try {
            backstore.block(true);
            Served device = table.start(backstore, true, this::lost);
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
            table.openImage(device);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            Duration delay = backoff.delay();
            String uio = device.backstore().uio();
            LOG.error("{}: not ready, tried again in {} ms: {}", uio, delay.toMillis(), e.toString());
            tasks.later(delay, () -> openOrTryAgain(device, backoff.next()));
        }
    }

    /** A device that went without a word is dropped; one whose ring makes no sense any more is taken up again with an empty one. */
    void lost(Backstore backstore) {
        tasks.inOrder(backstore.minor(), () -> {
            if (table.of(backstore)
                    .filter(device -> device.backstore() == backstore)
                    .isEmpty()) {
                return;
            }
            try {
                table.remove(backstore.minor());
            } catch (IOException e) {
                LOG.warn("{}: {}", backstore.uio(), e.toString());
            }
            if (backstore.exists()) {
                tasks.later(Backoff.FIRST.delay(), () -> takeUpInOrder(backstore));
            }
        });
    }
}
