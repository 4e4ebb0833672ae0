package io.overlaybd.tcmu;

import io.netty.channel.IoEventLoop;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.sys.UioFile;
import io.overlaybd.service.ImageService;
import io.overlaybd.tcmu.loop.DeviceLoop;
import io.overlaybd.tcmu.scsi.LogicalUnit;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device whose ring is served, and its image once that is open. Thread-safe: guarded by the monitor, which is not held
 * while an image is opened.
 */
final class ServedDevice implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(ServedDevice.class);

    /** So many of the longest transfers are to fit into the data area. */
    private static final int TRANSFERS_IN_DATA_AREA = 8;

    private static final int MIN_TRANSFER_BYTES = 64 << 10;
    private static final int MAX_TRANSFER_BYTES = 1 << 20;
    private static final long RING_AREA_BYTES = 8 << 20;

    private final Backstore backstore;
    private final int transferBytes;
    private final DeviceLoop loop;
    private BlockDevice image; // null until it is open
    private boolean closed;

    private ServedDevice(Backstore backstore, int transferBytes, DeviceLoop loop) {
        this.backstore = backstore;
        this.transferBytes = transferBytes;
        this.loop = loop;
    }

    /** Answers commands from now on, with NOT READY until the image is open. */
    static ServedDevice start(Backstore backstore, IoEventLoop eventLoop) throws IOException {
        UioFile file = backstore.open();
        int transferBytes = maxTransferBytes(file.region().lengthBytes());
        return new ServedDevice(backstore, transferBytes, DeviceLoop.start(backstore.uio(), file, eventLoop));
    }

    /** From the length of a mapping, whose begin is the ring. */
    static int maxTransferBytes(long mappedBytes) {
        long wanted = Math.max(0, mappedBytes - RING_AREA_BYTES) / TRANSFERS_IN_DATA_AREA;
        long within = Math.max(MIN_TRANSFER_BYTES, Math.min(MAX_TRANSFER_BYTES, wanted));
        return (int) Long.highestOneBit(within);
    }

    Backstore backstore() {
        return backstore;
    }

    /** Opens the image. May be tried again after it failed. */
    void openImage(ImageService images) throws IOException {
        BlockDevice opened = images.open(Path.of(backstore.name().path()));
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
            loop.serve(new LogicalUnit(opened, serial, backstore.name().config(), transferBytes));
            image = opened;
        }
        return !closed;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Answers what is under way, while the kernel holds back more, then leaves the device to whoever serves it next. */
    void handOver(Duration patience) throws IOException, InterruptedException {
        backstore.block(true);
        try {
            if (!loop.drain(patience)) {
                LOG.warn("{}: commands are still under way after {}", backstore.uio(), patience);
            }
            close();
        } finally {
            backstore.block(false);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            loop.close();
            if (image != null) {
                image.close();
            }
        }
    }
}
