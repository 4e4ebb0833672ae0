package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The blocks of a disk as commands change them: side by side, but for one that compares before it writes, which is alone
 * meanwhile. Everything here may block. When a method returns, later reads see the change; it survives a power loss once a
 * flush that began after that has returned.
 *
 * <p>What the device could not write is a {@link WriteFailedException}, what it could not read any other IOException.
 * Thread-safe.
 */
final class Medium {

    private final BlockDevice device;
    private final Lock beside;
    private final Lock alone;

    Medium(BlockDevice device) {
        this.device = device;
        ReadWriteLock lock = new ReentrantReadWriteLock(true); // who waits to be alone is not passed for ever
        beside = lock.readLock();
        alone = lock.writeLock();
    }

    /** Something that changes the device. */
    @FunctionalInterface
    private interface Change {
        void run() throws IOException;
    }

    private void change(Change change) throws WriteFailedException {
        beside.lock();
        try {
            make(change);
        } finally {
            beside.unlock();
        }
    }

    private static void make(Change change) throws WriteFailedException {
        try {
            change.run();
        } catch (IOException e) {
            throw new WriteFailedException(e);
        }
    }

    /** Writes whole blocks out of a transfer, which has them. */
    void write(long offsetBytes, long lengthBytes, Transfer data) throws WriteFailedException {
        change(() -> data.write(device, offsetBytes, lengthBytes));
    }

    /** Writes the same bytes, whole blocks, again and again, the last time perhaps not all of them. */
    void fill(long offsetBytes, long lengthBytes, byte[] bytes) throws WriteFailedException {
        change(() -> {
            for (long at = 0; at < lengthBytes; at += bytes.length) {
                int piece = (int) Math.min(bytes.length, lengthBytes - at);
                device.write(offsetBytes + at, ByteBuffer.wrap(bytes, 0, piece));
            }
        });
    }

    /** Makes blocks zero and gives their space back. */
    void discard(long offsetBytes, long lengthBytes) throws WriteFailedException {
        change(() -> device.discard(offsetBytes, lengthBytes));
    }

    /** Makes all that was changed before survive a power loss. */
    void flush() throws WriteFailedException {
        make(device::flush);
    }

    /**
     * Compares blocks with the first bytes of a transfer, and writes the bytes that follow over them if they are the same.
     *
     * @return the first byte that differs, or -1 if none does
     */
    int compareAndWrite(long offsetBytes, int lengthBytes, Transfer data) throws IOException {
        alone.lock();
        try {
            byte[] found = new byte[lengthBytes];
            device.read(offsetBytes, ByteBuffer.wrap(found));
            int difference = Arrays.mismatch(found, data.take(lengthBytes));
            if (difference < 0) {
                make(() -> data.write(device, offsetBytes, lengthBytes));
            }
            return difference;
        } finally {
            alone.unlock();
        }
    }
}
