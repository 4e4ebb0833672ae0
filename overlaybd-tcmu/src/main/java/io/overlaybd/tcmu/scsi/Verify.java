package io.overlaybd.tcmu.scsi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * VERIFY 10, 12, 16, and WRITE AND VERIFY, which writes and flushes before. Bits 1 and 2 of the second byte say what is
 * compared: 0 nothing, the blocks only have to be readable; 1 as many blocks of data; 3 one block of data with each.
 */
enum Verify implements ScsiCommand {
    VERIFY,
    WRITE_AND_VERIFY;

    /** Longer ranges would keep a worker too long. */
    static final int MAX_BLOCKS = 0x20000;

    private static final int PIECE_BYTES = 64 * 1024;
    private static final int BYTE_CHECK_MASK = 6;
    private static final int READABLE = 0;
    private static final int SAME = 2;
    private static final int ALL_LIKE_ONE = 6;

    @Override
    public Reply execute(Cdb cdb, Transfer data, LogicalUnit unit, boolean mayBlock) throws IOException {
        int check = cdb.u8(1) & BYTE_CHECK_MASK;
        boolean known = check == READABLE || check == SAME || check == ALL_LIKE_ONE && this == VERIFY;
        if (!known || cdb.has(1, Write.PROTECTION) || cdb.blocks() > MAX_BLOCKS) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        return this == VERIFY
                ? verify(cdb, data, unit, check, mayBlock)
                : writeAndVerify(cdb, data, unit, check, mayBlock);
    }

    private static Reply writeAndVerify(Cdb cdb, Transfer data, LogicalUnit unit, int check, boolean mayBlock)
            throws IOException {
        Reply written = Write.write(cdb, data, unit, true, mayBlock);
        if (written == null || written.status() != Status.GOOD) {
            return written;
        }
        data.rewind();
        return verify(cdb, data, unit, check, mayBlock);
    }

    private static Reply verify(Cdb cdb, Transfer data, LogicalUnit unit, int check, boolean mayBlock)
            throws IOException {
        if (!unit.contains(cdb.lba(), cdb.blocks())) {
            return Reply.check(Sense.LBA_OUT_OF_RANGE);
        }
        long lengthBytes = cdb.blocks() * LogicalUnit.BLOCK_BYTES;
        long neededBytes = check == READABLE ? 0 : check == SAME ? lengthBytes : LogicalUnit.BLOCK_BYTES;
        if (lengthBytes > 0 && data.capacityBytes() < neededBytes) {
            return Reply.check(Sense.INVALID_FIELD_IN_CDB);
        }
        if (lengthBytes == 0 || mayBlock) {
            return compare(cdb.lba() * LogicalUnit.BLOCK_BYTES, lengthBytes, data, unit, check);
        }
        return null;
    }

    private static Reply compare(long offsetBytes, long lengthBytes, Transfer data, LogicalUnit unit, int check)
            throws IOException {
        byte[] found = new byte[(int) Math.min(PIECE_BYTES, lengthBytes)];
        byte[] pattern = check == ALL_LIKE_ONE && lengthBytes > 0 ? repeated(data, found.length) : null;
        for (long at = 0; at < lengthBytes; at += found.length) {
            int piece = (int) Math.min(found.length, lengthBytes - at);
            unit.device().read(offsetBytes + at, ByteBuffer.wrap(found, 0, piece));
            if (check != READABLE) {
                byte[] expected = pattern == null ? data.take(piece) : pattern;
                int difference = Arrays.mismatch(found, 0, piece, expected, 0, piece);
                if (difference >= 0) {
                    return Reply.miscompare(at + difference);
                }
            }
        }
        return Reply.GOOD;
    }

    /** A block of data, again and again. */
    static byte[] repeated(Transfer data, int lengthBytes) {
        byte[] block = data.take(LogicalUnit.BLOCK_BYTES);
        byte[] all = new byte[lengthBytes];
        for (int at = 0; at < lengthBytes; at += block.length) {
            System.arraycopy(block, 0, all, at, block.length);
        }
        return all;
    }
}
