package io.overlaybd.tcmu.ring;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.sys.MappedRegion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that the kernel waits for, copied out of the ring. Its data buffers are views of the data area and may be
 * touched, by one thread after the other, until it is answered: from then on the kernel may unmap them, and touching them
 * ends the VM.
 *
 * <p>Thread-confined to whoever works on it; the ring knows by it that no command is answered twice. One that is answered
 * while it is being taken is used again for the next: so a command that needs no waiting leaves no garbage.
 */
public final class RingCommand {

    private static final ByteBuffer[] NO_DATA = {};

    private final MappedRegion region;
    private final byte[] block = new byte[CommandEntry.MAX_BLOCK_BYTES];
    private final List<MappedRegion.View> views = new ArrayList<>();
    private ByteBuffer[] data = NO_DATA;
    private int id;
    private int blockBytes;
    private long dataBytes;
    private boolean answered = true;

    RingCommand(MappedRegion region) {
        this.region = region;
    }

    /** Becomes the command of an entry, without block and data if that throws. */
    void read(CommandEntry entry) throws CorruptFormatException {
        id = entry.id();
        answered = false;
        try {
            blockBytes = entry.copyBlock(block);
            readData(entry, entry.iovecCount());
        } catch (CorruptFormatException e) {
            blockBytes = 0;
            data = NO_DATA;
            dataBytes = 0;
            throw e;
        }
    }

    private void readData(CommandEntry entry, int count) throws CorruptFormatException {
        if (data.length != count) {
            data = new ByteBuffer[count];
        }
        dataBytes = 0;
        for (int i = 0; i < count; i++) {
            if (i == views.size()) {
                views.add(region.movableView());
            }
            data[i] = entry.showIovec(i, views.get(i));
            dataBytes += data[i].remaining();
        }
    }

    /** Begins with the SCSI command block. */
    public byte[] block() {
        return block;
    }

    /** How many bytes of {@link #block} are from the ring, perhaps more than the command has. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Where data are, or go to, in this order, each from position to limit. Empty if there are none. */
    public ByteBuffer[] data() {
        return data;
    }

    int id() {
        return id;
    }

    /** What the data buffers hold. */
    public long dataBytes() {
        return dataBytes;
    }

    boolean isAnswered() {
        return answered;
    }

    void markAnswered() {
        if (answered) {
            throw new IllegalStateException("command " + id + " is answered already");
        }
        answered = true;
    }
}
