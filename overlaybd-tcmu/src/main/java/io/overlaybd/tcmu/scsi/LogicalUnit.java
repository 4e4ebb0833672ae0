package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.BlockDevice;

/**
 * The disk that commands are for. Immutable; the device stays the caller's.
 *
 * @param serial tells this disk from every other; ASCII
 * @param description free text for the device identification page, at most 255 bytes of ASCII with its end
 * @param maxTransferBytes longest read that the initiator is asked to send
 */
public record LogicalUnit(BlockDevice device, String serial, String description, int maxTransferBytes) {

    /** Bytes of a logical block. */
    public static final int BLOCK_BYTES = BlockDevice.SECTOR_BYTES;

    private static final int MAX_TEXT_BYTES = 254;

    /** Refuses a disk without blocks, which SCSI cannot express, and an empty serial. */
    public LogicalUnit {
        if (device.sizeBytes() < BLOCK_BYTES) {
            throw new IllegalArgumentException(device.name() + ": " + device.sizeBytes() + " bytes are no disk");
        }
        if (serial.isEmpty() || serial.length() > MAX_TEXT_BYTES - Inquiry.VENDOR_BYTES) {
            throw new IllegalArgumentException("serial of " + serial.length() + " characters");
        }
        if (maxTransferBytes < BLOCK_BYTES) {
            throw new IllegalArgumentException("transfers of at most " + maxTransferBytes + " bytes");
        }
        description = description.substring(0, Math.min(description.length(), MAX_TEXT_BYTES));
    }

    long blocks() {
        return device.sizeBytes() / BLOCK_BYTES;
    }

    /** Whether the disk has all of these blocks. */
    boolean contains(long lba, long blockCount) {
        return lba >= 0 && lba < blocks() && blockCount <= blocks() - lba;
    }
}
