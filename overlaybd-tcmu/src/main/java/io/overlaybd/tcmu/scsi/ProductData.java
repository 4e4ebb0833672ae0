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

    private static final int MAX_TRANSFER_OFFSET = 8 - 4;
    private static final int OPTIMAL_TRANSFER_OFFSET = 12 - 4;
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
            case PROVISIONING -> new byte[PROVISIONING_BYTES]; // nothing can be unmapped
            default -> null;
        };
        return body == null
                ? null
                : ByteBuffer.allocate(4 + body.length)
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
     * All zero, that is without limit or impossible (compare and write, unmap, write same), but
     *
     * <pre>
     *  8  u32  maximum transfer length, blocks
     * 12  u32  optimal transfer length, blocks
     * </pre>
     *
     * where Linux sends transfers of the optimal length: many of the longest would not fit into the data area at once.
     */
    private static byte[] limits(LogicalUnit unit) {
        int blocks = unit.maxTransferBytes() / LogicalUnit.BLOCK_BYTES;
        return ByteBuffer.allocate(LIMITS_BYTES)
                .putInt(MAX_TRANSFER_OFFSET, blocks)
                .putInt(OPTIMAL_TRANSFER_OFFSET, blocks)
                .array();
    }

    private static byte[] characteristics() {
        return ByteBuffer.allocate(CHARACTERISTICS_BYTES)
                .putShort((short) NOT_ROTATING)
                .array();
    }
}
