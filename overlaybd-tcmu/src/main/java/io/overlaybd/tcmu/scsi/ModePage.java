package io.overlaybd.tcmu.scsi;

import java.util.Arrays;
import java.util.Optional;

/**
 * The mode pages. None has anything that an initiator can change.
 *
 * <pre>
 *  0  u8  page
 *  1  u8  bytes that follow
 * </pre>
 */
enum ModePage {
    ERROR_RECOVERY(0x01, 0x0A),
    /** WCE, the write cache, is on if there are writes: they survive a power loss once they are flushed. */
    CACHING(0x08, 0x12),
    CONTROL(0x0A, 0x0A);

    private static final int HEADER_BYTES = 2;
    private static final byte WRITE_CACHE_ENABLED = 0x04;

    private final int code;
    private final int bodyBytes;

    ModePage(int code, int bodyBytes) {
        this.code = code;
        this.bodyBytes = bodyBytes;
    }

    static Optional<ModePage> of(int code) {
        return Arrays.stream(values()).filter(page -> page.code == code).findFirst();
    }

    int bytes() {
        return HEADER_BYTES + bodyBytes;
    }

    /** The page as it is and was from the begin. */
    byte[] current(LogicalUnit unit) {
        byte[] page = changeable();
        if (this == CACHING && unit.isWritable()) {
            page[2] = WRITE_CACHE_ENABLED;
        }
        if (this == CONTROL) {
            page[2] = 0x02; // GLTSD: nothing is logged
            page[5] = 0x40; // TAS: aborted commands are told so
            page[8] = (byte) 0xFF; // busy timeout: without end
            page[9] = (byte) 0xFF;
        }
        return page;
    }

    /** The page with ones where something can be changed: nowhere. */
    byte[] changeable() {
        byte[] page = new byte[bytes()];
        page[0] = (byte) code;
        page[1] = (byte) bodyBytes;
        return page;
    }
}
