package io.overlaybd.tcmu.scsi;

/**
 * A command block. All fields are big-endian; the first three bits of the operation code tell the length, and with it where
 * address and length stand:
 *
 * <pre>
 *  group    bytes   block address      blocks
 *  0            6   21 bits at 1       u8 at 4, 0 for 256
 *  1, 2        10   u32 at 2           u16 at 7
 *  4           16   u64 at 2           u32 at 10
 *  5           12   u32 at 2           u32 at 6
 * </pre>
 *
 * Thread-confined; used for one command after the other. Nobody changes the bytes meanwhile.
 */
final class Cdb {

    private static final int SERVICE_ACTION_MASK = 0x1F;
    private static final int LBA_6_MASK = 0x1FFFFF;
    private static final int BLOCKS_6_FOR_0 = 256;

    private byte[] bytes;
    private int available;

    /** Becomes the command block that the first so many bytes are. */
    void set(byte[] bytes, int available) {
        this.bytes = bytes;
        this.available = available;
    }

    /** How many bytes there are, at least as many as the command has. */
    int available() {
        return available;
    }

    int opcode() {
        return u8(0);
    }

    int serviceAction() {
        return u8(1) & SERVICE_ACTION_MASK;
    }

    int u8(int offset) {
        return bytes[offset] & 0xFF;
    }

    int u16(int offset) {
        return u8(offset) << 8 | u8(offset + 1);
    }

    long u32(int offset) {
        return (long) u16(offset) << 16 | u16(offset + 2);
    }

    long u64(int offset) {
        return u32(offset) << 32 | u32(offset + 4);
    }

    boolean has(int offset, int mask) {
        return (u8(offset) & mask) != 0;
    }

    /** Address of the first block; negative if it is beyond 2^63. */
    long lba() {
        return switch (opcode() >> 5) {
            case 0 -> u32(0) & LBA_6_MASK;
            case 4 -> u64(2);
            default -> u32(2);
        };
    }

    /** Number of blocks. */
    long blocks() {
        return switch (opcode() >> 5) {
            case 0 -> u8(4) == 0 ? BLOCKS_6_FOR_0 : u8(4);
            case 4 -> u32(10);
            case 5 -> u32(6);
            default -> u16(7);
        };
    }
}
