package io.overlaybd.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The record of what is present of one blob: after the {@link PresenceHeader} one word for each unit,
 *
 * <pre>
 *   0  u32  CRC-32C of the unit's bytes
 *   4  u32  mark: 0x54494E55 "UNIT"; anything else says that the unit is absent
 * </pre>
 *
 * A word never crosses a sector. It is written after the bytes and cleared before they go, but nothing depends on the order
 * in which they reach the disk: the first read of a unit in a process's life compares bytes and checksum. What lies beyond
 * the end of the file says absent.
 *
 * <p>Thread-safety: any thread; a word is used only by who has claimed its unit.
 */
final class PresenceFile implements Closeable {

    private static final int WORD_BYTES = 8;
    private static final int CRC_OFFSET = 0;
    private static final int MARK_OFFSET = 4;
    private static final int MARK = 0x54494E55;

    private static final int SCRATCH_BYTES = 2048;
    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SCRATCH_BYTES));

    private final Path path;
    private final CacheFile file;

    private PresenceFile(Path path, CacheFile file) {
        this.path = path;
        this.file = file;
    }

    static PresenceFile open(Path path, CacheFile.Opener files) throws IOException {
        return new PresenceFile(path, files.open(path));
    }

    /** The header; empty for a file that has none yet or was given up. */
    Optional<PresenceHeader> header() throws IOException {
        ByteBuffer head = scratch(PresenceHeader.HEADER_BYTES);
        readOrZero(0, head);
        return isZero(head) ? Optional.empty() : Optional.of(PresenceHeader.decode(path.toString(), head));
    }

    private static boolean isZero(ByteBuffer head) {
        for (int i = 0; i < PresenceHeader.HEADER_BYTES; i++) {
            if (head.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    void writeHeader(PresenceHeader header) throws IOException {
        ByteBuffer head = scratch(PresenceHeader.HEADER_BYTES);
        header.encode(head);
        file.write(0, head);
    }

    /** Makes the next opening start anew; what is recorded stays of use until then. */
    void eraseHeader() throws IOException {
        ByteBuffer head = scratch(PresenceHeader.HEADER_BYTES);
        head.put(new byte[PresenceHeader.HEADER_BYTES]).flip();
        file.write(0, head);
    }

    /** Empties the file: no header, every unit absent. */
    void clear() throws IOException {
        file.truncate(0);
    }

    /** The checksum of a unit that is recorded as present. */
    OptionalInt checksum(int unit) throws IOException {
        ByteBuffer word = scratch(WORD_BYTES);
        readOrZero(wordOffset(unit), word);
        return word.getInt(MARK_OFFSET) == MARK ? OptionalInt.of(word.getInt(CRC_OFFSET)) : OptionalInt.empty();
    }

    void markPresent(int unit, int checksum) throws IOException {
        markPresent(unit, new int[] {checksum});
    }

    /** Marks adjacent units, as many as there are checksums. */
    void markPresent(int first, int[] checksums) throws IOException {
        for (int done = 0; done < checksums.length; ) {
            int count = Math.min(checksums.length - done, SCRATCH_BYTES / WORD_BYTES);
            ByteBuffer words = scratch(count * WORD_BYTES);
            for (int i = 0; i < count; i++) {
                words.putInt(i * WORD_BYTES + CRC_OFFSET, checksums[done + i]);
                words.putInt(i * WORD_BYTES + MARK_OFFSET, MARK);
            }
            file.write(wordOffset(first + done), words);
            done += count;
        }
    }

    /** Writes only where something is recorded, for a write into a hole would take space. */
    void markAbsent(int unit) throws IOException {
        if (checksum(unit).isPresent()) {
            file.write(wordOffset(unit), scratch(WORD_BYTES).putLong(CRC_OFFSET, 0));
        }
    }

    /** No unit from this one on is recorded: the file ends before. */
    int maxUnits() throws IOException {
        long words = Math.max(0, file.sizeBytes() - PresenceHeader.HEADER_BYTES + WORD_BYTES - 1) / WORD_BYTES;
        return (int) Math.min(words, UnitGrid.MAX_UNITS);
    }

    long allocatedBytes() throws IOException {
        return file.allocatedBytes();
    }

    private static long wordOffset(int unit) {
        return PresenceHeader.HEADER_BYTES + (long) unit * WORD_BYTES;
    }

    private static ByteBuffer scratch(int lengthBytes) {
        return SCRATCH.get().order(ByteOrder.LITTLE_ENDIAN).clear().limit(lengthBytes);
    }

    private void readOrZero(long offsetBytes, ByteBuffer dst) throws IOException {
        int count = 1;
        while (dst.hasRemaining() && count > 0) {
            count = file.read(offsetBytes + dst.position(), dst);
        }
        while (dst.hasRemaining()) {
            dst.put((byte) 0);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
