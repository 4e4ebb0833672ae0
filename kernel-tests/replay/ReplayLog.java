import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Brings a disk to the state that it was in at some moment, from the log that the kernel's dm-log-writes made of what was
 * written to it.
 *
 * <pre>
 * ReplayLog LOG                      prints a line for each entry after which the disk had to have everything:
 *                                    its number, a blank, the last mark before it
 * ReplayLog LOG DISK FIRST BEHIND    writes what the entries from FIRST up to but not including BEHIND wrote
 *
 * log    = super entry*              each padded to a sector, little-endian
 * super  = magic u64, version u64, entries u64, bytes of a sector u32
 * entry  = first sector u64, sectors u64, flags u64, bytes of data behind it u64
 *          MARK:    its data is its text, in the entry's own sector
 *          DISCARD: no data, the sectors have no content
 *          else:    the data is in the sectors that follow
 * </pre>
 *
 * Sectors of a disk are those of 512 bytes; those of the log are as long as it says.
 */
final class ReplayLog {

    private static final long MAGIC = 0x6a736677736872L;
    private static final int FLUSH = 1;
    private static final int FUA = 2;
    private static final int DISCARD = 4;
    private static final int MARK = 8;
    private static final int SUPER_BYTES = 28;
    private static final int ENTRY_BYTES = 32;
    private static final int DISK_SECTOR_BYTES = 512;
    private static final int CHUNK_BYTES = 1 << 20;

    private final FileChannel log;
    private final long entries;
    private final int sectorBytes;
    private long at; // where the next entry is

    private ReplayLog(FileChannel log) throws IOException {
        this.log = log;
        ByteBuffer start = read(log, 0, SUPER_BYTES);
        if (start.getLong(0) != MAGIC || start.getLong(8) != 1) {
            throw new IOException("no log of dm-log-writes, version 1");
        }
        entries = start.getLong(16);
        sectorBytes = start.getInt(24);
        at = sectorBytes;
    }

    private record Entry(long sector, long sectors, int flags, long dataBytes, long offsetBytes) {

        boolean is(int flag) {
            return (flags & flag) != 0;
        }
    }

    /** Moves on. */
    private Entry next() throws IOException {
        ByteBuffer bytes = read(log, at, ENTRY_BYTES);
        Entry entry = new Entry(bytes.getLong(0), bytes.getLong(8), (int) bytes.getLong(16), bytes.getLong(24), at);
        boolean hasData = !entry.is(MARK) && !entry.is(DISCARD);
        at += sectorBytes + (hasData ? entry.sectors * sectorBytes : 0);
        return entry;
    }

    private String textOf(Entry mark) throws IOException {
        byte[] text = read(log, mark.offsetBytes + ENTRY_BYTES, (int) mark.dataBytes).array();
        return new String(text, StandardCharsets.US_ASCII).replace("\0", "");
    }

    private void printMoments() throws IOException {
        String lastMark = "none";
        for (long number = 0; number < entries; number++) {
            Entry entry = next();
            if (entry.is(MARK)) {
                lastMark = textOf(entry);
            } else if (entry.is(FLUSH) || entry.is(FUA)) {
                System.out.println(number + " " + lastMark);
            }
        }
    }

    private void replay(FileChannel disk, long first, long behind) throws IOException {
        for (long number = 0; number < behind; number++) {
            Entry entry = next();
            if (number < first || entry.is(MARK)) {
                continue;
            }
            copy(entry, disk);
        }
    }

    /** What was discarded becomes zero, in memory that nobody else uses. */
    private void copy(Entry entry, FileChannel disk) throws IOException {
        long lengthBytes = entry.sectors * sectorBytes;
        for (long done = 0; done < lengthBytes; done += CHUNK_BYTES) {
            int chunk = (int) Math.min(CHUNK_BYTES, lengthBytes - done);
            ByteBuffer data = entry.is(DISCARD)
                    ? ByteBuffer.allocate(chunk)
                    : read(log, entry.offsetBytes + sectorBytes + done, chunk);
            for (long to = entry.sector * DISK_SECTOR_BYTES + done; data.hasRemaining(); ) {
                to += disk.write(data, to);
            }
        }
    }

    private static ByteBuffer read(FileChannel from, long offsetBytes, int lengthBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (from.read(bytes, offsetBytes + bytes.position()) < 0) {
                throw new IOException("the log ends at byte " + (offsetBytes + bytes.position()));
            }
        }
        return bytes.flip();
    }

    public static void main(String[] arguments) throws IOException {
        try (FileChannel log = FileChannel.open(Path.of(arguments[0]))) {
            if (arguments.length == 1) {
                new ReplayLog(log).printMoments();
                return;
            }
            try (FileChannel disk = FileChannel.open(Path.of(arguments[1]), StandardOpenOption.WRITE)) {
                new ReplayLog(log).replay(disk, Long.parseLong(arguments[2]), Long.parseLong(arguments[3]));
            }
        }
    }
}
