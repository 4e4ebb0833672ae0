package io.overlaybd.tcmu.scsi;

import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The data buffers of a command, filled or emptied from their begin on. Thread-confined; may be handed from one thread to
 * another, and is used for one command after the other.
 */
final class Transfer {

    /** Shorter pieces of a write are copied together: a write of the device costs more. */
    private static final int GATHERED_BYTES = 64 * 1024;

    private ByteBuffer[] parts;
    private long capacityBytes;
    private int part;

    /** Becomes that of these buffers, from position to limit; the positions move. */
    void set(ByteBuffer[] parts) {
        this.parts = parts;
        part = 0;
        capacityBytes = 0;
        for (ByteBuffer one : parts) {
            capacityBytes += one.mark().remaining();
        }
    }

    /** What the buffers held at the begin. */
    long capacityBytes() {
        return capacityBytes;
    }

    /** What was put into, or taken from, the buffers. */
    long movedBytes() {
        long left = 0;
        for (ByteBuffer one : parts) {
            left += one.remaining();
        }
        return capacityBytes - left;
    }

    /** Puts an answer in, cut to what the initiator allows and to what the buffers hold. */
    Reply put(byte[] answer, long allocationBytes) {
        int bytes = (int) Math.min(Math.min(answer.length, allocationBytes), capacityBytes);
        for (int at = 0; at < bytes; ) {
            ByteBuffer dst = next();
            int piece = Math.min(dst.remaining(), bytes - at);
            dst.put(answer, at, piece);
            at += piece;
        }
        return Reply.good(bytes);
    }

    /** Takes bytes out. There must be as many. */
    byte[] take(int bytes) {
        byte[] taken = new byte[bytes];
        for (int at = 0; at < bytes; ) {
            ByteBuffer src = next();
            int piece = Math.min(src.remaining(), bytes - at);
            src.get(taken, at, piece);
            at += piece;
        }
        return taken;
    }

    /**
     * Reads up to so many bytes of the device in all, the first of them at an offset. Goes on where an attempt stopped.
     *
     * @param mayBlock if not, stops where a read would
     * @return whether all was read
     */
    boolean read(BlockDevice device, long offsetBytes, long lengthBytes, boolean mayBlock) throws IOException {
        long end = Math.min(lengthBytes, capacityBytes);
        for (long at = movedBytes(); at < end; at = movedBytes()) {
            ByteBuffer dst = next();
            int limit = dst.limit();
            dst.limit((int) Math.min(limit, dst.position() + (end - at)));
            boolean there = readPart(device, offsetBytes + at, dst, mayBlock);
            dst.limit(limit);
            if (!there) {
                return false;
            }
        }
        return true;
    }

    /** Writes so many bytes to the device, whole blocks, the first of them at an offset. There must be as many. */
    void write(BlockDevice device, long offsetBytes, long lengthBytes) throws IOException {
        for (long at = 0; at < lengthBytes; ) {
            long left = lengthBytes - at;
            ByteBuffer src = next();
            long here = Math.min(src.remaining(), left) / BlockDevice.SECTOR_BYTES * BlockDevice.SECTOR_BYTES;
            if (here == left || here >= GATHERED_BYTES) {
                int limit = src.limit();
                device.write(offsetBytes + at, src.limit(src.position() + (int) here));
                src.limit(limit);
                at += here;
            } else {
                byte[] gathered = take((int) Math.min(left, GATHERED_BYTES));
                device.write(offsetBytes + at, ByteBuffer.wrap(gathered));
                at += gathered.length;
            }
        }
    }

    /** Begins again. */
    void rewind() {
        for (ByteBuffer one : parts) {
            one.reset();
        }
        part = 0;
    }

    private static boolean readPart(BlockDevice device, long offsetBytes, ByteBuffer dst, boolean mayBlock)
            throws IOException {
        if (mayBlock) {
            device.read(offsetBytes, dst);
            return true;
        }
        return device.tryRead(offsetBytes, dst);
    }

    private ByteBuffer next() {
        while (!parts[part].hasRemaining()) {
            part++;
        }
        return parts[part];
    }

    /** Zeroes what was not filled: bytes of earlier commands stand there. */
    void zeroRest() {
        for (ByteBuffer one : parts) {
            while (one.remaining() >= Long.BYTES) {
                one.putLong(0);
            }
            while (one.hasRemaining()) {
                one.put((byte) 0);
            }
        }
    }
}
