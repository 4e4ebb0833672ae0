package io.overlaybd.kerneltests;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel's dm-log-writes notes of the writes to a disk: each when it was complete, those that a flush covers right before
 * that flush.
 *
 * <pre>
 *  log    = super entry*    each begins a sector of the log
 *  super  = magic u64, version u64, entries u64, bytes of a sector u32, little-endian
 *  entry  = first sector u64, sectors u64, flags u64, bytes of data u64
 *           mark:      its text follows at once, in the same sector
 *           discard:   nothing follows, the sectors of the disk have no content any more
 *           any other: the content of the sectors is in the sectors of the log that follow
 * </pre>
 *
 * Sectors of the disk are as long as those of the log. Immutable once open.
 */
final class WriteLog implements Closeable {

    static final int FLUSH = 1;
    static final int FUA = 1 << 1;
    static final int DISCARD = 1 << 2;
    static final int MARK = 1 << 3;

    static final long MAGIC = 0x6a736677736872L;
    static final int VERSION = 1;
    static final int SUPER_BYTES = 28;
    static final int ENTRY_BYTES = 32;

    /** One entry: where it wrote on the disk, and where in the log the bytes are. */
    record Entry(long diskOffsetBytes, long lengthBytes, int flags, long logOffsetBytes, String mark) {

        boolean is(int flag) {
            return (flags & flag) != 0;
        }

        /** Whether what is before it in the log is on the disk for good. */
        boolean isDurable() {
            return is(FLUSH) || is(FUA);
        }

        private long endInLogBytes() {
            return is(MARK) || is(DISCARD) ? logOffsetBytes : logOffsetBytes + lengthBytes;
        }
    }

    private final Path path;
    private final FileChannel channel;
    private final List<Entry> entries;

    private WriteLog(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.entries = readEntries();
    }

    /** @throws IOException if the file is no such log, or ends before its last entry */
    static WriteLog open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path);
        try {
            return new WriteLog(path, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    List<Entry> entries() {
        return entries;
    }

    private List<Entry> readEntries() throws IOException {
        ByteBuffer start = read(0, SUPER_BYTES);
        if (start.getLong(0) != MAGIC || start.getLong(8) != VERSION) {
            throw new IOException(path + ": not a log of dm-log-writes, version " + VERSION);
        }
        int sectorBytes = start.getInt(24);
        if (sectorBytes < 512 || sectorBytes > 1 << 16 || Integer.bitCount(sectorBytes) != 1) {
            throw new IOException(path + ": expected sectors of 512 to 65536 bytes, found " + sectorBytes);
        }
        List<Entry> found = new ArrayList<>();
        long at = sectorBytes;
        for (long left = start.getLong(16); left > 0; left--) {
            Entry entry = readEntry(at, sectorBytes);
            found.add(entry);
            at = entry.endInLogBytes();
        }
        return List.copyOf(found);
    }

    private Entry readEntry(long at, int sectorBytes) throws IOException {
        ByteBuffer entry = read(at, ENTRY_BYTES);
        int flags = (int) entry.getLong(16);
        long textBytes = entry.getLong(24);
        String mark = "";
        if ((flags & MARK) != 0) {
            if (textBytes < 0 || textBytes > sectorBytes - ENTRY_BYTES) {
                throw new IOException(path + ": the mark at byte " + at + " claims " + textBytes + " bytes of text");
            }
            mark = StandardCharsets.US_ASCII
                    .decode(read(at + ENTRY_BYTES, (int) textBytes))
                    .toString()
                    .replace("\0", "");
        }
        return new Entry(
                bytesOf(entry.getLong(0), sectorBytes, at),
                bytesOf(entry.getLong(8), sectorBytes, at),
                flags,
                at + sectorBytes,
                mark);
    }

    /** What is added later does not overflow. */
    private long bytesOf(long sectors, int sectorBytes, long at) throws IOException {
        if (sectors < 0 || sectors > (Long.MAX_VALUE >> 2) / sectorBytes) {
            throw new IOException(path + ": the entry at byte " + at + " lies outside of any disk");
        }
        return sectors * sectorBytes;
    }

    /** Makes what the entry did to the disk happen again. */
    void apply(Entry entry, FileChannel disk) throws IOException {
        if (entry.is(MARK)) {
            return;
        }
        ByteBuffer content = ByteBuffer.allocate(1 << 17);
        for (long done = 0; done < entry.lengthBytes; done += content.limit()) {
            content.clear().limit((int) Math.min(content.capacity(), entry.lengthBytes - done));
            if (entry.is(DISCARD)) {
                content.put(new byte[content.limit()]).flip();
            } else {
                fill(content, entry.logOffsetBytes + done);
            }
            while (content.hasRemaining()) {
                disk.write(content, entry.diskOffsetBytes + done + content.position());
            }
        }
    }

    private ByteBuffer read(long offsetBytes, int lengthBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        fill(bytes, offsetBytes);
        return bytes;
    }

    private void fill(ByteBuffer bytes, long offsetBytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offsetBytes + bytes.position()) < 0) {
                throw new EOFException(path + ": ends before byte " + (offsetBytes + bytes.limit()));
            }
        }
        bytes.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
