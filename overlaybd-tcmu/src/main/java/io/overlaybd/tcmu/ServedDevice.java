package io.overlaybd.tcmu;

import io.netty.channel.IoEventLoop;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.sys.UioFile;
import io.overlaybd.service.metrics.DeviceEntry;
import io.overlaybd.service.metrics.DeviceMeters;
import io.overlaybd.tcmu.loop.DeviceLoop;
import io.overlaybd.tcmu.scsi.LogicalUnit;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device whose ring is served, and its image once that is open. Thread-safe: guarded by the monitor, which is not held
 * while an image is opened.
 */
final class ServedDevice implements Served {

    private static final Logger LOG = LoggerFactory.getLogger(ServedDevice.class);

    /** What is read from a disk is there by then; what waits for a registry is not worth more time. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Backstore backstore;
    private final int transferBytes;
    private final DeviceLoop loop;
    private final DeviceEntry entry;
    private BlockDevice image; // null until it is open
    private boolean closed;

    private ServedDevice(Backstore backstore, int transferBytes, DeviceLoop loop, DeviceEntry entry) {
        this.backstore = backstore;
        this.transferBytes = transferBytes;
        this.loop = loop;
        this.entry = entry;
    }

    /**
     * Answers commands from now on, with NOT READY until the image is open.
     *
     * @param found whether a predecessor served the device: what is in its ring then is given back to who sent it. To be done
     *     while the device is blocked, and only by who has the ring
     * @param whenLost see {@link DeviceLoop#start}
     * @param known where the device is entered until it is closed
     */
    static ServedDevice start(
            Backstore backstore, boolean found, IoEventLoop eventLoop, Runnable whenLost, DeviceMeters known)
            throws IOException {
        UioFile file = backstore.open();
        int transferBytes = TransferLimit.bytes(file.region().lengthBytes());
        if (found) {
            resetRing(backstore, file);
        }
        DeviceLoop loop = DeviceLoop.start(backstore.uio(), file, eventLoop, whenLost);
        return new ServedDevice(backstore, transferBytes, loop, known.enter(backstore.info()));
    }

    private static void resetRing(Backstore backstore, UioFile file) throws IOException {
        try {
            backstore.resetRing();
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public Backstore backstore() {
        return backstore;
    }

    @Override
    public void openImage(Images images) throws IOException {
        BlockDevice opened = images.open(backstore.name());
        boolean taken = false;
        try {
            if (opened.sizeBytes() < LogicalUnit.BLOCK_BYTES) {
                throw new IOException(opened.name() + ": " + opened.sizeBytes() + " bytes are no disk");
            }
            taken = take(opened, backstore.serial());
        } finally {
            if (!taken) {
                opened.close();
            }
        }
    }

    private synchronized boolean take(BlockDevice opened, String serial) {
        if (!closed) {
            loop.serve(new LogicalUnit(opened, serial, backstore.name().config(), transferBytes), entry.meter());
            image = opened;
            entry.serves(opened.sizeBytes(), opened.isReadOnly());
        }
        return !closed;
    }

    @Override
    public synchronized boolean hasImage() {
        return image != null;
    }

    @Override
    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void handOver(Duration patience) throws IOException, InterruptedException {
        backstore.block(true);
        try {
            if (!loop.drain(patience)) {
                LOG.warn(
                        "{}: commands are still under way after {}, left to the next daemon",
                        backstore.uio(),
                        patience);
            }
            close();
        } finally {
            backstore.block(false);
        }
    }

    /** Idempotent. Closing the image ends reads that wait for a registry. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        loop.stop();
        try {
            loop.awaitWorkers(GRACE);
            if (image != null) {
                image.close();
            }
        } finally {
            loop.close();
            entry.close();
        }
    }
}
