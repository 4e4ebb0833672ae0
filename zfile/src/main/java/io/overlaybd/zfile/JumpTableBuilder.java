package io.overlaybd.zfile;

import io.overlaybd.io.CorruptFormatException;

/**
 * Takes the entries of an index in order and makes the {@link JumpTable}. An index that claims more entries than it has
 * costs no more memory than what was read of it. Thread-confined.
 */
final class JumpTableBuilder {

    /** The largest slot that any writer gave a block: 64 KiB, the original's slack of 512 bytes, a checksum. */
    static final int MAX_ENTRY_BYTES = CompressOptions.MAX_BLOCK_BYTES + 512 + Integer.BYTES;

    private static final int GROUP_PLAIN_SHIFT = 16;

    private final String resource;
    private final long indexOffsetBytes;
    private final int leastEntryBytes;
    private final int groupShift;
    private final LongColumn groupStarts = new LongColumn();
    private final CharColumn distances = new CharColumn();
    private int count;
    private long groupStart;
    private long end;

    /** For the index that {@code header} announces. */
    JumpTableBuilder(String resource, ZFileHeader header) throws CorruptFormatException {
        CompressOptions options = header.options();
        this.resource = resource;
        indexOffsetBytes = header.indexOffsetBytes();
        leastEntryBytes = options.checksumBytes() + 1;
        groupShift = GROUP_PLAIN_SHIFT - options.blockShift();
        end = ZFileHeader.BYTES + options.dictionaryBytes();
        refuseOverlap();
        put();
    }

    /** The next block takes {@code entry} (unsigned) bytes of the file, checksum and all. */
    void add(int entry) throws CorruptFormatException {
        long entryBytes = Integer.toUnsignedLong(entry);
        if (entryBytes < leastEntryBytes || entryBytes > MAX_ENTRY_BYTES) {
            throw corrupt("stored bytes", "from " + leastEntryBytes + " to " + MAX_ENTRY_BYTES, entryBytes);
        }
        end += entryBytes;
        refuseOverlap();
        if (!startsGroup(count + 1) && end - groupStart >= Character.MAX_VALUE) {
            throw corrupt("end", "less than 65535 bytes after the start of its group", end - groupStart);
        }
        count++;
        put();
    }

    private boolean startsGroup(int block) {
        return (block & (1 << groupShift) - 1) == 0;
    }

    private void refuseOverlap() throws CorruptFormatException {
        if (end > indexOffsetBytes) {
            throw corrupt("end", "at most byte " + indexOffsetBytes + ", where the index begins", "byte " + end);
        }
    }

    private void put() {
        if (startsGroup(count)) {
            groupStart = end;
            groupStarts.add(end);
        }
        if (groupShift != 0) {
            distances.add((char) (end - groupStart));
        }
    }

    private CorruptFormatException corrupt(String what, Object expected, Object found) {
        long at = indexOffsetBytes + (long) count * Integer.BYTES;
        return new CorruptFormatException(resource, at, "index: " + what + " of block " + count, expected, found);
    }

    /** The table of the entries so far. Ends the building. */
    JumpTable build() {
        groupStarts.trim();
        distances.trim();
        return new JumpTable(count, groupShift, groupStarts, distances);
    }
}
