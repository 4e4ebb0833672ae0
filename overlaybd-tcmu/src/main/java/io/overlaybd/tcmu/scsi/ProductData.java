package io.overlaybd.tcmu.scsi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The pages of vital product data. Each begins with
 *
 * <pre>
 *  0  u8   0, a disk that is there
 *  1  u8   page
 *  2  u16  bytes that follow
 * </pre>
 */
final class ProductData {

    private static final int PAGES = 0x00;
    private static final int SERIAL = 0x80;
    private static final int IDENTIFICATION = 0x83;
    private static final int LIMITS = 0xB0;
    private static final int CHARACTERISTICS = 0xB1;
    private static final int PROVISIONING = 0xB2;
    private static final byte[] ALL = {
        PAGES, (byte) SERIAL, (byte) IDENTIFICATION, (byte) LIMITS, (byte) CHARACTERISTICS, (byte) PROVISIONING
    };

    private static final int LIMITS_BYTES = 60;
    private static final int CHARACTERISTICS_BYTES = 60;
    private static final int PROVISIONING_BYTES = 4;

    private static final int HEADER_BYTES = 4;
    private static final int PAGE_BLOCKS = 4096 / LogicalUnit.BLOCK_BYTES;
    private static final int ALIGNMENT_VALID = 1 << 31;
    private static final int UNMAPS = 0xE4;
    private static final byte THIN = 2;
    private static final int NOT_ROTATING = 1;

    private ProductData() {}

    /** A page with its header, or null if there is no such page. */
    static byte[] page(int page, LogicalUnit unit) {
        byte[] body = switch (page) {
            case PAGES -> ALL;
            case SERIAL -> unit.serial().getBytes(StandardCharsets.US_ASCII);
            case IDENTIFICATION -> identification(unit);
            case LIMITS -> limits(unit);
            case CHARACTERISTICS -> characteristics();
            case PROVISIONING -> provisioning(unit);
            default -> null;
        };
        return body == null
                ? null
                : ByteBuffer.allocate(HEADER_BYTES + body.length)
                        .put((byte) 0)
                        .put((byte) page)
                        .putShort((short) body.length)
                        .put(body)
                        .array();
    }

    private static byte[] identification(LogicalUnit unit) {
        ByteArrayOutputStream designators = new ByteArrayOutputStream();
        Designator.vendorAndSerial(unit).writeTo(designators);
        Designator.registeredName(unit).writeTo(designators);
        Designator.description(unit).writeTo(designators);
        return designators.toByteArray();
    }

    /**
     * All zero, that is without limit or impossible, but
     *
     * <pre>
     *  8  u32  maximum transfer length, blocks
     * 12  u32  optimal transfer length, blocks
     * and, of a disk that can be written,
     *  4  u8   1: WRITE SAME of no blocks is refused
     *  5  u8   maximum blocks of COMPARE AND WRITE
     * 20  u32  maximum blocks of UNMAP
     * 24  u32  maximum ranges of UNMAP
     * 28  u32  blocks of a page of the file below, in which space is given back
     * 32  u32  0x80000000: such pages begin at block 0
     * 36  u64  maximum blocks of WRITE SAME
     * </pre>
     *
     * where Linux sends transfers of the optimal length: many of the longest would not fit into the data area at once.
     */
    private static byte[] limits(LogicalUnit unit) {
        ByteBuffer limits = ByteBuffer.allocate(LIMITS_BYTES);
        limits.putInt(8 - HEADER_BYTES, unit.maxTransferBlocks()).putInt(12 - HEADER_BYTES, unit.maxTransferBlocks());
        if (unit.isWritable()) {
            limits.put(4 - HEADER_BYTES, (byte) 1)
                    .put(5 - HEADER_BYTES, (byte) CompareAndWrite.maxBlocks(unit))
                    .putInt(20 - HEADER_BYTES, Unmap.MAX_BLOCKS)
                    .putInt(24 - HEADER_BYTES, Unmap.MAX_RANGES)
                    .putInt(28 - HEADER_BYTES, PAGE_BLOCKS)
                    .putInt(32 - HEADER_BYTES, ALIGNMENT_VALID)
                    .putLong(36 - HEADER_BYTES, WriteSame.MAX_BLOCKS);
        }
        return limits.array();
    }

    /**
     * All zero if nothing can be unmapped, else
     *
     * <pre>
     *  5  u8   0xE4: by UNMAP and WRITE SAME 10 and 16, and reads as zeros then
     *  6  u8   2: space is taken when it is needed
     * </pre>
     */
    private static byte[] provisioning(LogicalUnit unit) {
        byte[] body = new byte[PROVISIONING_BYTES];
        if (unit.isWritable()) {
            body[5 - HEADER_BYTES] = (byte) UNMAPS;
            body[6 - HEADER_BYTES] = THIN;
        }
        return body;
    }

    private static byte[] characteristics() {
        return ByteBuffer.allocate(CHARACTERISTICS_BYTES)
                .putShort((short) NOT_ROTATING)
                .array();
    }
}
