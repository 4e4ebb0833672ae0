package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.BlockDevice;

/** The disk that commands are for. Thread-safe; the device stays the caller's. */
public final class LogicalUnit {

    /** Bytes of a logical block. */
    public static final int BLOCK_BYTES = BlockDevice.SECTOR_BYTES;

    private static final int MAX_TEXT_BYTES = 254;

    private final BlockDevice device;
    private final Medium medium;
    private final String serial;
    private final String description;
    private final int maxTransferBytes;

    /**
     * A disk, writable if the device is. Refuses one without blocks, which SCSI cannot express, and an empty serial.
     *
     * @param serial tells this disk from every other; ASCII
     * @param description free text for the device identification page, at most 254 characters of ASCII
     * @param maxTransferBytes longest read or write that the initiator is asked to send
     */
    public LogicalUnit(BlockDevice device, String serial, String description, int maxTransferBytes) {
        if (device.sizeBytes() < BLOCK_BYTES) {
            throw new IllegalArgumentException(device.name() + ": " + device.sizeBytes() + " bytes are no disk");
        }
        if (serial.isEmpty() || serial.length() > MAX_TEXT_BYTES - Inquiry.VENDOR_BYTES) {
            throw new IllegalArgumentException("serial of " + serial.length() + " characters");
        }
        if (maxTransferBytes < BLOCK_BYTES) {
            throw new IllegalArgumentException("transfers of at most " + maxTransferBytes + " bytes");
        }
        this.device = device;
        this.medium = new Medium(device);
        this.serial = serial;
        this.description = description.substring(0, Math.min(description.length(), MAX_TEXT_BYTES));
        this.maxTransferBytes = maxTransferBytes;
    }

    /** What is read; {@link #medium} is what is written. */
    BlockDevice device() {
        return device;
    }

    Medium medium() {
        return medium;
    }

    boolean isWritable() {
        return !device.isReadOnly();
    }

    String serial() {
        return serial;
    }

    String description() {
        return description;
    }

    long blocks() {
        return device.sizeBytes() / BLOCK_BYTES;
    }

    int maxTransferBlocks() {
        return maxTransferBytes / BLOCK_BYTES;
    }

    /** Whether the disk has all of these blocks. */
    boolean contains(long lba, long blockCount) {
        return lba >= 0 && lba < blocks() && blockCount <= blocks() - lba;
    }
}
