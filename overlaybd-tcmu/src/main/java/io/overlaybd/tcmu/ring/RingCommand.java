package io.overlaybd.tcmu.ring;

import java.nio.ByteBuffer;

/**
 * A command that the kernel waits for, copied out of the ring. Its data buffers are views of the data area and may be
 * touched, by one thread after the other, until it is answered: from then on the kernel may unmap them, and touching them
 * ends the VM.
 *
 * <p>Thread-confined to whoever works on it; the ring knows by it that no command is answered twice.
 */
public final class RingCommand {

    private final int id;
    private final byte[] block;
    private final ByteBuffer[] data;
    private boolean answered;

    RingCommand(int id, byte[] block, ByteBuffer[] data) {
        this.id = id;
        this.block = block;
        this.data = data;
    }

    /** The SCSI command block, perhaps with bytes behind its end. */
    public byte[] block() {
        return block;
    }

    /** Where data are, or go to, in this order. Empty if there are none. */
    public ByteBuffer[] data() {
        return data;
    }

    int id() {
        return id;
    }

    long dataBytes() {
        long bytes = 0;
        for (ByteBuffer part : data) {
            bytes += part.capacity();
        }
        return bytes;
    }

    void markAnswered() {
        if (answered) {
            throw new IllegalStateException("command " + id + " is answered already");
        }
        answered = true;
    }
}
