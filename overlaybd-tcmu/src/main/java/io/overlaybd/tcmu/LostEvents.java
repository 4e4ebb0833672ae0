package io.overlaybd.tcmu;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do when the kernel had no room for its events. Somebody waits, without end, for the reply to each of them, and nobody knows
 * which they were. So, as at the start of a daemon, the kernel is told to wait no more, and the devices are looked at: what
 * is new is served, what is gone is dropped. Who was adding a device meanwhile is told so by an error and may try again. Thread-safe.
 */
final class LostEvents {

    private static final Logger LOG = LoggerFactory.getLogger(LostEvents.class);

    private final KernelModule module;
    private final Devices devices;
    private final KernelFiles files;
    private final Duration patience;

    /**
     * For the devices of a daemon.
     *
     * @param patience how long replies to events that did come may take, until nobody waits for them either
     */
    LostEvents(KernelModule module, Devices devices, KernelFiles files, Duration patience) {
        this.module = module;
        this.devices = devices;
        this.files = files;
        this.patience = patience;
    }

    /** Makes up for them, on a thread of its own. */
    void makeUpBeside() {
        Thread thread = new Thread(this::makeUp, "obd-lost-events");
        thread.setDaemon(true);
        thread.start();
    }

    /** Makes up for them. While that lasts the kernel refuses new devices. */
    synchronized void makeUp() {
        LOG.error(
                "the kernel dropped events of devices: all devices are looked at, and whoever waits for one is let go");
        try {
            module.blockEvents();
            try {
                devices.replies().await(patience);
                devices.replies().discard();
                module.resetEvents();
                devices.findAgain(Backstore.existing(files));
            } finally {
                module.unblockEvents();
            }
        } catch (IOException e) {
            LOG.error("devices may be missing until this daemon is restarted: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
