package io.overlaybd.tcmu.ring;

import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.sys.MappedRegion;

/**
 * Takes commands out of a ring and puts answers in.
 *
 * <p>Commands come in the order of the ring and are answered in any order. An answer takes the oldest entry that is not
 * answered yet, whose request was copied out long before; there always is one, since no more is answered than was fetched.
 * Three places, each a byte of the ring:
 *
 * <pre>
 *   published ──► answered ──► fetched ──► head
 *   (the tail     (the tail    (copied     (the kernel
 *   of the         as of the    out)        writes on)
 *   mailbox)       next kick)
 * </pre>
 *
 * A ring that makes no sense any more ends with {@link CorruptFormatException}: whoever serves it has to have the kernel
 * reset it. One command that makes no sense does not: it is handed over to be refused.
 *
 * <p>Thread-confined to the event loop of the device.
 */
public final class CommandRing {

    /** Takes over what is fetched, and may answer at once. What it throws ends the fetching, with the command counted. */
    public interface Taker {
        /** Takes a command, to be answered now or later, once. */
        void take(RingCommand command) throws CorruptFormatException;

        /** Takes a command that cannot be understood, without its data, to be answered all the same. */
        void takeDefect(RingCommand command, CorruptFormatException defect) throws CorruptFormatException;

        /** Whether it wants no more for now. */
        default boolean hasEnough() {
            return false;
        }
    }

    /** A system call for this many bytes, some thousand commands. */
    private static final int LET_GO_BYTES = 256 << 10;

    private final MappedRegion region;
    private final Mailbox mailbox;
    private final CommandEntry entry;
    private int published;
    private int answered;
    private int fetched;
    private int kept;
    private int underWay;
    private RingCommand spare; // null if whoever took the last one still has it

    private CommandRing(MappedRegion region, Mailbox mailbox, CommandEntry entry) {
        this.region = region;
        this.mailbox = mailbox;
        this.entry = entry;
        this.published = mailbox.tail();
        this.kept = published;
        this.answered = published;
        this.fetched = published;
    }

    /**
     * The ring of a mapping, from its tail on. The region stays the caller's.
     *
     * @param name what error messages call the ring
     * @throws CorruptFormatException if this is no ring of version 2, or one that wants to be answered in order
     */
    public static CommandRing open(String name, MappedRegion region) throws CorruptFormatException {
        Mailbox mailbox = Mailbox.open(name, region);
        return new CommandRing(region, mailbox, new CommandEntry(name, region, mailbox));
    }

    /** Whether the kernel has written more than was fetched. */
    public boolean hasMore() throws CorruptFormatException {
        return mailbox.head() != fetched;
    }

    /** How many commands were fetched and not answered. */
    public int underWay() {
        return underWay;
    }

    /**
     * Hands over all that the kernel has written, what it adds meanwhile included, but at most so many commands, and none to a
     * taker that has enough.
     *
     * @return how many entries that were, of any kind
     */
    public int fetch(Taker taker, int maxCommands) throws CorruptFormatException {
        int head = mailbox.head();
        int left = maxCommands;
        while (left > 0 && head != fetched && !taker.hasEnough()) {
            for (; left > 0 && head != fetched && !taker.hasEnough(); left--) {
                fetchOne(taker, head);
            }
            head = mailbox.head();
        }
        return maxCommands - left;
    }

    private void fetchOne(Taker taker, int head) throws CorruptFormatException {
        entry.moveTo(fetched, head);
        if (entry.isUnknown()) {
            entry.markUnknown();
        }
        fetched = entry.next();
        if (entry.isCommand()) {
            underWay++;
            handOver(taker);
        }
    }

    /** Once the taker has it, the entry may be under an answer already. */
    private void handOver(Taker taker) throws CorruptFormatException {
        RingCommand command = spare == null ? new RingCommand(region) : spare;
        spare = null;
        try {
            command.read(entry);
        } catch (CorruptFormatException e) {
            taker.takeDefect(command, e);
            return;
        }
        taker.take(command);
        if (command.isAnswered()) {
            spare = command;
        }
    }

    /**
     * Puts an answer in; the kernel hears of it after {@link #publish} and a kick. The data of the command are not to be
     * touched any more.
     *
     * @param status SCSI status
     * @param sense fixed format, at most 96 bytes; looked at for CHECK CONDITION only
     * @param returnedBytes how much of the data buffers, from their begin, the initiator is to have of a command that reads;
     *     0 stands for all
     * @throws IllegalStateException if the command is answered already
     */
    public void answer(RingCommand command, int status, byte[] sense, int returnedBytes) throws CorruptFormatException {
        command.markAnswered();
        skipOthers();
        entry.moveTo(answered, fetched);
        boolean tellLength = mailbox.canReadLength() && returnedBytes > 0 && returnedBytes < command.dataBytes();
        entry.answer(command.id(), status, sense, tellLength ? returnedBytes : 0);
        answered = entry.next();
        underWay--;
    }

    /** What is no command wants no answer. */
    private void skipOthers() throws CorruptFormatException {
        while (answered != fetched && !entry.moveTo(answered, fetched).isCommand()) {
            answered = entry.next();
        }
    }

    /**
     * Shows the kernel all answers so far.
     *
     * @return whether there is anything new, so that the kernel is to be kicked
     */
    public boolean publish() throws CorruptFormatException {
        skipOthers();
        if (answered == published) {
            return false;
        }
        mailbox.releaseTail(answered);
        published = answered;
        letGoOfWhatIsBehind();
        return true;
    }

    /** The kernel goes round its whole ring, of 8 MiB a device; what it has left would count as memory of ours for good. */
    private void letGoOfWhatIsBehind() {
        if (published < kept) {
            region.letGo(mailbox.ringOffset() + kept, mailbox.ringBytes() - kept);
            kept = 0;
        } else if (published - kept >= LET_GO_BYTES) {
            region.letGo(mailbox.ringOffset() + kept, published - kept);
            kept = published;
        }
    }
}
