package io.overlaybd.service.ext4;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The device under a file system, of which only so much is read: what a damaged one says could go on for ever. Thread-confined. */
final class Disk {

    static final long MAX_READ_BYTES = 256L << 20;

    private final BlockDevice device;
    private long leftBytes = MAX_READ_BYTES;

    Disk(BlockDevice device) {
        this.device = device;
    }

    String name() {
        return device.name();
    }

    /** Where a block begins; {@code saidAt} is where the device says so. */
    long placeBytes(long block, int blockBytes, long saidAt) throws CorruptFormatException {
        if (block < 0 || block > device.sizeBytes() / blockBytes) {
            throw new CorruptFormatException(
                    name(), saidAt, "block " + block + " beyond the device of " + device.sizeBytes() + " bytes");
        }
        return block * blockBytes;
    }

    /** Reads little-endian bytes; a place outside the device is damage. */
    ByteBuffer read(long offsetBytes, int lengthBytes) throws IOException {
        if (offsetBytes < 0 || offsetBytes > device.sizeBytes() - lengthBytes) {
            throw new CorruptFormatException(
                    name(), offsetBytes, lengthBytes + " bytes beyond the device of " + device.sizeBytes());
        }
        leftBytes -= lengthBytes;
        if (leftBytes < 0) {
            throw new IOException(
                    name() + ": more than " + MAX_READ_BYTES + " bytes of folders and inodes to look into");
        }
        ByteBuffer bytes = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        device.read(offsetBytes, bytes);
        return bytes.flip();
    }
}
