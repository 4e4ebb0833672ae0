package io.overlaybd.benchmarks;

import com.kenai.jffi.MemoryIO;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.sys.FileDescriptor;
import io.overlaybd.io.sys.LibC;
import io.overlaybd.io.sys.UioFile;
import io.overlaybd.tcmu.ring.CommandRing;
import io.overlaybd.tcmu.ring.RingCommand;
import io.overlaybd.tcmu.scsi.LogicalUnit;
import io.overlaybd.tcmu.scsi.Reply;
import io.overlaybd.tcmu.scsi.ScsiTask;
import io.overlaybd.tcmu.scsi.Status;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Serves a raw file on the ring of a device of TCMU and does as little as a program in Java can: one thread waits, reads what
 * each command asks for, kicks and looks again. No event loop, no table of commands, no layers, no metrics, no answer to an
 * error but to end: the yardstick for all that the daemon adds. The device is one that nobody has to answer for ({@code
 * nl_reply_supported=-1}).
 *
 * <pre>{@code
 *  BareBackstore MINOR SIZE_BYTES FILE
 * }</pre>
 */
public final class BareBackstore implements CommandRing.Taker {

    private static final int BATCH_COMMANDS = 256;
    private static final int READ_10 = 0x28;
    private static final int READ_16 = (byte) 0x88;
    private static final byte[] NO_SENSE = {};

    private final CommandRing ring;
    private final FileDescriptor file;
    private final LogicalUnit unit;
    private final ScsiTask task = new ScsiTask();

    private BareBackstore(CommandRing ring, FileDescriptor file, long sizeBytes) {
        this.ring = ring;
        this.file = file;
        this.unit = new LogicalUnit(new NullDevice(sizeBytes), "0", "bare", NullBackstore.MAX_TRANSFER_BYTES);
    }

    /** Serves until it is killed. */
    public static void main(String[] arguments) throws IOException {
        UioFile uio = NullBackstore.openUio(arguments[0]);
        CommandRing ring = CommandRing.open("uio" + arguments[0], uio.region());
        FileDescriptor file = FileDescriptor.openReadOnly(Path.of(arguments[2]));
        BareBackstore bare = new BareBackstore(ring, file, Long.parseLong(arguments[1]));
        System.out.println("serves");
        ByteBuffer events = ByteBuffer.allocateDirect(Integer.BYTES);
        long eventsAddress = MemoryIO.getInstance().getDirectBufferAddress(events);
        do {
            bare.serve(uio);
        } while (LibC.INSTANCE.read(uio.number(), eventsAddress, Integer.BYTES) > 0);
    }

    private void serve(UioFile uio) throws IOException {
        while (ring.hasMore()) {
            ring.fetch(this, BATCH_COMMANDS);
            if (ring.publish()) {
                uio.kick();
            }
        }
    }

    @Override
    public void take(RingCommand command) throws CorruptFormatException {
        ByteBuffer block = ByteBuffer.wrap(command.block());
        switch (block.get(0)) {
            case READ_10 -> read(command, Integer.toUnsignedLong(block.getInt(2)));
            case READ_16 -> read(command, block.getLong(2));
            default -> ask(command);
        }
    }

    private void read(RingCommand command, long lba) throws CorruptFormatException {
        long at = lba * LogicalUnit.BLOCK_BYTES;
        for (ByteBuffer part : command.data()) {
            at += part.remaining();
            readWhole(at - part.remaining(), part);
        }
        ring.answer(command, 0, NO_SENSE, 0);
    }

    private void readWhole(long offsetBytes, ByteBuffer dst) {
        try {
            for (long at = offsetBytes; dst.hasRemaining(); ) {
                int read = file.read(at, dst);
                if (read == 0) {
                    throw new EOFException("the file ends at byte " + at);
                }
                at += read;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the kernel wants to know of a disk before it reads. */
    private void ask(RingCommand command) throws CorruptFormatException {
        task.begin(unit, command.block(), command.blockBytes(), command.data());
        Reply reply = task.execute();
        byte[] sense = reply.status() == Status.CHECK_CONDITION ? reply.fixedSense() : NO_SENSE;
        ring.answer(command, reply.status().code(), sense, reply.returnedBytes());
    }

    @Override
    public void takeDefect(RingCommand command, CorruptFormatException defect) {
        throw new UncheckedIOException(defect);
    }
}
