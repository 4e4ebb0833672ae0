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

/** An image and the loop that serves it. Thread-safe. */
final class ServedDevice implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(ServedDevice.class);

    /** So many of the longest transfers are to fit into the data area. */
    private static final int TRANSFERS_IN_DATA_AREA = 8;

    private static final int MIN_TRANSFER_BYTES = 64 << 10;
    private static final int MAX_TRANSFER_BYTES = 1 << 20;
    private static final long RING_AREA_BYTES = 8 << 20;

    private final Backstore backstore;
    private final BlockDevice image;
    private final DeviceLoop loop;

    private ServedDevice(Backstore backstore, BlockDevice image, DeviceLoop loop) {
        this.backstore = backstore;
        this.image = image;
        this.loop = loop;
    }

    /** Opens the image, then the ring. */
    static ServedDevice open(Backstore backstore, ImageService images, IoEventLoop eventLoop) throws IOException {
        BlockDevice image = images.open(Path.of(backstore.name().path()));
        try {
            if (image.sizeBytes() < LogicalUnit.BLOCK_BYTES) {
                throw new IOException(image.name() + ": " + image.sizeBytes() + " bytes are no disk");
            }
            String serial = backstore.serial();
            UioFile file = backstore.open();
            int transferBytes = maxTransferBytes(file.region().lengthBytes());
            LogicalUnit unit = new LogicalUnit(image, serial, backstore.name().config(), transferBytes);
            return new ServedDevice(backstore, image, DeviceLoop.start(backstore.uio(), file, unit, eventLoop));
        } catch (IOException | RuntimeException e) {
            image.close();
            throw e;
        }
    }

    /** From the length of a mapping, whose begin is the ring. */
    static int maxTransferBytes(long mappedBytes) {
        long wanted = Math.max(0, mappedBytes - RING_AREA_BYTES) / TRANSFERS_IN_DATA_AREA;
        long within = Math.max(MIN_TRANSFER_BYTES, Math.min(MAX_TRANSFER_BYTES, wanted));
        return (int) Long.highestOneBit(within);
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
    public void close() throws IOException {
        loop.close();
        image.close();
    }
}
