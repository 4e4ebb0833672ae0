package io.overlaybd.tcmu.scsi;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * MODE SENSE 6 and 10: a header and pages, without block descriptors.
 *
 * <pre>
 *   6:  0  u8   bytes that follow    10:  0  u16  bytes that follow
 *       2  u8   device flags              3  u8   device flags
 *       3  u8   0                         6  u16  0
 * </pre>
 *
 * Device flags: 0x80 write-protected, 0x10 DPO and FUA are understood.
 */
enum ModeSense implements ScsiCommand {
    SIX,
    TEN;

    private static final int WRITE_PROTECTED = 0x80;
    private static final int CACHE_CONTROL = 0x10;
    private static final int ALL_PAGES = 0x3F;
    private static final int PAGE_MASK = 0x3F;
    private static final int CONTROL_SHIFT = 6;
    private static final int CHANGEABLE = 1;
    private static final int SAVED = 3;

    private static final int HEADER_6_BYTES = 4;
    private static final int HEADER_10_BYTES = 8;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        int control = cdb.u8(2) >> CONTROL_SHIFT;
        if (control == SAVED) {
            return Reply.check(Sense.SAVING_NOT_SUPPORTED);
        }
        List<ModePage> pages = pages(cdb.u8(2) & PAGE_MASK, cdb.u8(3));
        if (pages.isEmpty()) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        pages.forEach(page -> body.writeBytes(control == CHANGEABLE ? page.changeable() : page.current(unit)));
        int flags = unit.isWritable() ? CACHE_CONTROL : CACHE_CONTROL | WRITE_PROTECTED;
        return data.put(withHeader(body.toByteArray(), flags), this == SIX ? cdb.u8(4) : cdb.u16(7));
    }

    /** Subpages there are none: all of them are no more than the page. */
    private static List<ModePage> pages(int page, int subpage) {
        if (page == ALL_PAGES && (subpage == 0 || subpage == 0xFF)) {
            return List.of(ModePage.values());
        }
        return subpage == 0 ? ModePage.of(page).stream().toList() : List.of();
    }

    private byte[] withHeader(byte[] body, int flags) {
        int headerBytes = this == SIX ? HEADER_6_BYTES : HEADER_10_BYTES;
        byte[] answer = new byte[headerBytes + body.length];
        System.arraycopy(body, 0, answer, headerBytes, body.length);
        if (this == SIX) {
            answer[0] = (byte) (answer.length - 1);
            answer[2] = (byte) flags;
        } else {
            answer[1] = (byte) (answer.length - 2);
            answer[3] = (byte) flags;
        }
        return answer;
    }
}
