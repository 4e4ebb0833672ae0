package io.overlaybd.tcmu.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * INQUIRY: the standard data, or a page of vital product data.
 *
 * <pre>
 *   0  u8   0, a disk that is there
 *   1  u8   0, not removable
 *   2  u8   5, SPC-3
 *   3  u8   2, this format
 *   4  u8   91, bytes that follow
 *   7  u8   2, commands are queued
 *   8  8    vendor      16  16  product      32  4  revision      ASCII, filled with blanks
 *  58  8 x u16  standards: SAM-4, SPC-3, SBC-3, which has pages of limits this long; then 0
 * </pre>
 *
 * where the original ends after 36 bytes, which is what Linux asks for first.
 */
final class Inquiry implements ScsiCommand {

    static final int VENDOR_BYTES = 8;

    /** As the original, whose disks get their names from it. */
    static final String VENDOR = "LIO-ORG ";

    private static final String PRODUCT = "TCMU device     ";
    private static final String REVISION = "0002";
    private static final byte[] HEADER = {0, 0, 5, 2, 91, 0, 0, 2};
    private static final int STANDARD_BYTES = 96;
    private static final int STANDARDS_OFFSET = 58;
    private static final short SAM_4 = 0x0080;
    private static final short SPC_3 = 0x0300;
    private static final short SBC_3 = 0x04C0;

    private static final int PRODUCT_DATA = 1;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        boolean productData = cdb.has(1, PRODUCT_DATA);
        int page = cdb.u8(2);
        if (!productData && page != 0) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        byte[] answer = productData ? ProductData.page(page, unit) : standard();
        return answer == null ? Reply.check(Sense.INVALID_FIELD_IN_CDB) : data.put(answer, cdb.u16(3));
    }

    private static byte[] standard() {
        return ByteBuffer.allocate(STANDARD_BYTES)
                .put(HEADER)
                .put((VENDOR + PRODUCT + REVISION).getBytes(StandardCharsets.US_ASCII))
                .putShort(STANDARDS_OFFSET, SAM_4)
                .putShort(STANDARDS_OFFSET + 2, SPC_3)
                .putShort(STANDARDS_OFFSET + 4, SBC_3)
                .array();
    }
}
