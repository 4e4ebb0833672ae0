package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Changes a device at any byte, though the device takes whole sectors: a sector of which only a part changes is read first.
 * Meanwhile nobody else writes, for what another writes into that sector must not be undone.
 *
 * <p>Blocks; thread-safe.
 */
final class SectorWriter {

    private static final int SECTOR = BlockDevice.SECTOR_BYTES;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(128 * 1024);

    static final int MAX_PARTS_BYTES = IncomingWrite.PIECE_BYTES;

    private final BlockDevice device;
    private final Lock whole;
    private final Lock parts;

    /** For those who hold {@link #parts}; comes with the first of them. */
    private ByteBuffer sectors;

    SectorWriter(BlockDevice device) {
        this.device = device;
        ReadWriteLock lock = new ReentrantReadWriteLock();
        whole = lock.readLock();
        parts = lock.writeLock();
    }

    /** Writes all that is in {@code src}, at most {@link #MAX_PARTS_BYTES} unless it is whole sectors. */
    void write(long offsetBytes, ByteBuffer src) throws IOException {
        if (isWhole(offsetBytes) && isWhole(src.remaining())) {
            whole.lock();
            try {
                device.write(offsetBytes, src);
            } finally {
                whole.unlock();
            }
            return;
        }
        parts.lock();
        try {
            if (sectors == null) {
                sectors = ByteBuffer.allocateDirect(MAX_PARTS_BYTES + 2 * SECTOR);
            }
            writeParts(offsetBytes, src);
        } finally {
            parts.unlock();
        }
    }

    private void writeParts(long offsetBytes, ByteBuffer src) throws IOException {
        long start = down(offsetBytes);
        long end = up(offsetBytes + src.remaining());
        int length = (int) (end - start);
        readSector(start, 0);
        readSector(end - SECTOR, length - SECTOR);
        sectors.clear().position((int) (offsetBytes - start)).put(src);
        device.write(start, sectors.clear().limit(length));
    }

    private void readSector(long offsetBytes, int at) throws IOException {
        device.read(offsetBytes, sectors.clear().limit(at + SECTOR).position(at));
    }

    /** Makes a range zero; with {@code allocated}, by zeros that take up space. */
    void zero(long offsetBytes, long lengthBytes, boolean allocated) throws IOException {
        long end = offsetBytes + lengthBytes;
        long from = Math.min(up(offsetBytes), end);
        long to = Math.max(down(end), from);
        writeZeros(offsetBytes, from);
        if (allocated) {
            writeZeros(from, to);
        } else {
            discard(from, to);
        }
        writeZeros(to, end);
    }

    private void writeZeros(long fromBytes, long toBytes) throws IOException {
        for (long at = fromBytes; at < toBytes; at += ZEROS.capacity()) {
            int length = (int) Math.min(ZEROS.capacity(), toBytes - at);
            write(at, ZEROS.duplicate().limit(length));
        }
    }

    /** Gives back what is whole of a range; the rest stays as it is. */
    void trim(long offsetBytes, long lengthBytes) throws IOException {
        discard(up(offsetBytes), down(offsetBytes + lengthBytes));
    }

    private void discard(long fromBytes, long toBytes) throws IOException {
        if (fromBytes >= toBytes) {
            return;
        }
        whole.lock();
        try {
            device.discard(fromBytes, toBytes - fromBytes);
        } finally {
            whole.unlock();
        }
    }

    /** As {@link BlockDevice#flush}. */
    void flush() throws IOException {
        device.flush();
    }

    private static boolean isWhole(long bytes) {
        return bytes % SECTOR == 0;
    }

    private static long down(long bytes) {
        return bytes - bytes % SECTOR;
    }

    private static long up(long bytes) {
        return down(bytes + SECTOR - 1);
    }
}
