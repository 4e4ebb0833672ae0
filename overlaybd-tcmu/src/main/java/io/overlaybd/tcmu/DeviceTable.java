package io.overlaybd.tcmu;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The devices whose rings are served, by minor. Thread-safe; what is done to one device is its caller's to put in order. */
final class DeviceTable {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceTable.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** Begins to serve the ring of a device. */
    @FunctionalInterface
    interface Starter {
        /** See {@link ServedDevice#start}. */
        Served start(Backstore backstore, boolean found, Runnable whenLost) throws IOException;
    }

    private final Images images;
    private final Starter starter;
    private final Map<Integer, Served> served = new ConcurrentHashMap<>(); // by minor

    DeviceTable(Images images, Starter starter) {
        this.images = images;
        this.starter = starter;
    }

    /** A device that vanished without a word may have had the same number. */
    Served start(Backstore backstore, boolean found, Consumer<Backstore> whenLost) throws IOException {
        remove(backstore.minor());
        Served device = starter.start(backstore, found, () -> whenLost.accept(backstore));
        served.put(backstore.minor(), device);
        return device;
    }

    void openImage(Served device) throws IOException {
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

    Optional<Served> of(Backstore backstore) {
        return Optional.ofNullable(served.get(backstore.minor()));
    }

    /** Those of now; does not change with the table. */
    Collection<Served> all() {
        return List.copyOf(served.values());
    }

    int size() {
        return served.size();
    }

    /** Closes a device, if there is one of that number. */
    void remove(int minor) throws IOException {
        Served device = served.remove(minor);
        if (device != null) {
            device.close();
            LOG.info("uio{}: removed", minor);
        }
    }

    /** Leaves a device to whoever serves it next, after what is under way was answered or its time is over. */
    void handOver(Served device) {
        int minor = device.backstore().minor();
        if (!served.remove(minor, device)) {
            return;
        }
        try {
            device.handOver(DRAIN);
        } catch (IOException | InterruptedException e) {
            LOG.error("uio{}: {}", minor, e.toString());
        }
    }
}
