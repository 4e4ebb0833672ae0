package io.overlaybd.tcmu.scsi;

import java.util.Arrays;
import java.util.Optional;

/**
 * MODE SELECT 6 and 10: takes pages that say what is so already, since nothing can be changed. The list is that of MODE
 * SENSE, with a block descriptor perhaps, which is let be.
 */
enum ModeSelect implements ScsiCommand {
    SIX(4, 3),
    TEN(8, 7);

    private static final int PAGE_FORMAT = 0x10;
    private static final int SAVE_PAGES = 0x01;
    private static final int PAGE_MASK = 0x7F; // a subpage's flag is no page of ours
    private static final int PAGE_HEADER_BYTES = 2;

    private final int headerBytes;
    private final int descriptorLengthOffset;

    ModeSelect(int headerBytes, int descriptorLengthOffset) {
        this.headerBytes = headerBytes;
        this.descriptorLengthOffset = descriptorLengthOffset;
    }

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) {
        if (!cdb.has(1, PAGE_FORMAT) || cdb.has(1, SAVE_PAGES)) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        int listBytes = this == SIX ? cdb.u8(4) : cdb.u16(7);
        if (listBytes == 0) {
            return Reply.GOOD;
        }
        if (listBytes < headerBytes || listBytes > data.capacityBytes()) {
            return Reply.check(Sense.PARAMETER_LIST_LENGTH);
        }
        return select(data.take(listBytes), unit);
    }

    private Reply select(byte[] list, LogicalUnit unit) {
        int descriptorBytes = list[descriptorLengthOffset] & 0xFF;
        int at = headerBytes + descriptorBytes;
        if (at > list.length) {
            return Reply.check(Sense.PARAMETER_LIST_LENGTH);
        }
        while (at < list.length) {
            Optional<ModePage> page = ModePage.of(list[at] & PAGE_MASK);
            if (page.isEmpty()) {
                return Reply.check(Sense.INVALID_FIELD_IN_PARAMETERS);
            }
            int end = at + page.get().bytes();
            if (at + PAGE_HEADER_BYTES > list.length || end > list.length) {
                return Reply.check(Sense.PARAMETER_LIST_LENGTH);
            }
            if (!Arrays.equals(
                    list, at, end, page.get().current(unit), 0, page.get().bytes())) {
                return Reply.check(Sense.INVALID_FIELD_IN_PARAMETERS);
            }
            at = end;
        }
        return Reply.GOOD;
    }
}
