package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.io.CorruptFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The index file of a writable layer: records in the order in which they came about, later ones win.
 *
 * <pre>
 *  log = header  record * n  torn
 *        4096    16 each     dropped
 * </pre>
 *
 * A record can be written before it is known that the data it tells of would survive a power loss. Then it is
 * <em>provisional</em>: it has the tag 255, which the original ignores, and the header has a {@link BootMark}. Once the data is
 * synced the record is <em>settled</em>: its tag becomes 0, and the log is synced. Whoever finds provisional records of
 * another boot at the end of a log drops them; before a settled one they count, since that was settled with them or after.
 *
 * <p>What a crash left at the end (part of a record, zeros, records of data that never arrived) is cut off when the log is opened,
 * and the cut is synced before anything else is written: later the same records could seem to be right.
 *
 * <p>A log that has grown to four times what it was after it was last compacted (or opened as one of few records) is due
 * for {@link LogCompaction}.
 *
 * <p>Appending is guarded by the owner's lock, settling by his flush; replacing the file by both.
 */
final class IndexLog implements Closeable {

    private static final int LONG_FROM_RECORDS = 1 << 16;
    private static final int GROWTH = 4;

    private final LayerFiles files;
    private volatile LayerFile file;
    private volatile long endBytes;
    private volatile long settledEndBytes;
    private long droppedBytes;
    private BootMark.Found mark = BootMark.Found.NONE;
    private volatile long longFromRecords = LONG_FROM_RECORDS;

    private IndexLog(LayerFiles files, LayerFile file, long endBytes) {
        this.files = files;
        this.file = file;
        this.endBytes = endBytes;
        this.settledEndBytes = endBytes;
    }

    /** A new log. Without a header it is an empty file. */
    static IndexLog create(LayerFiles files, Path path) throws IOException {
        return new IndexLog(files, files.create(path), 0);
    }

    /** A log that is there; {@link #replay} comes next unless it is empty. */
    static IndexLog open(LayerFiles files, Path path) throws IOException {
        LayerFile file = files.open(path);
        try {
            Files.deleteIfExists(LogCompaction.temporary(path));
            return new IndexLog(files, file, file.sizeBytes());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    String name() {
        return file.name();
    }

    LayerFile file() {
        return file;
    }

    LayerFiles files() {
        return files;
    }

    /** Whether there is not even a whole header. */
    boolean isEmpty() {
        return endBytes < LayerHeader.BYTES;
    }

    /** Bytes up to the end of the last record. */
    long endBytes() {
        return endBytes;
    }

    /** Bytes up to where the records begin that a flush has still to settle. */
    long settledEndBytes() {
        return settledEndBytes;
    }

    /** How much {@link #replay} cut off. */
    long droppedBytes() {
        return droppedBytes;
    }

    /** How many records there are, padding included. */
    long records() {
        return (endBytes - LayerHeader.BYTES) / SegmentMapping.BYTES;
    }

    void writeHeader(LayerHeader header) throws IOException {
        file.write(0, header.encode());
        endBytes = Math.max(endBytes, LayerHeader.BYTES);
        settledEndBytes = endBytes;
    }

    /** @throws CorruptFormatException if this is not the index file of the layer with that data header */
    LayerHeader readHeader(LayerHeader data, String dataName) throws IOException {
        LayerHeader header = WritableHeaders.readIndex(file);
        if (!header.uuid().equals(data.uuid())) {
            throw new CorruptFormatException(name(), 0, "uuid, as in " + dataName, data.uuid(), header.uuid());
        }
        if (records() > MergedIndex.MAX_SEGMENTS) {
            throw new CorruptFormatException(
                    name(),
                    LayerHeader.BYTES,
                    "length of the log",
                    "at most " + MergedIndex.MAX_SEGMENTS + " records",
                    records());
        }
        return header;
    }

    /**
     * Shows the records, up to the first that {@code check} refuses or that a power loss made doubtful, to {@code taker}, and
     * cuts the file there.
     */
    void replay(LogReader.RecordVisitor check, LogReader.RecordVisitor taker) throws IOException {
        long sizeBytes = endBytes;
        mark = BootMark.find(file);
        LogReader checked = new LogReader(file);
        checked.read(sizeBytes, check);
        endBytes = mark == BootMark.Found.OF_ANOTHER_BOOT ? checked.settledEndBytes() : checked.goodEndBytes();
        settledEndBytes = mark == BootMark.Found.OF_THIS_BOOT ? checked.settledEndBytes() : endBytes;
        new LogReader(file).read(endBytes, taker);
        droppedBytes = sizeBytes - endBytes;
        if (droppedBytes > 0) {
            file.truncate(endBytes);
            file.sync();
        }
    }

    /**
     * Appends records. If that fails nothing of them stays, else what did would count as newer than what is written over its
     * beginning.
     */
    void append(RecordBatch batch, LayerState state) throws IOException {
        ByteBuffer bytes = batch.bytes();
        int length = bytes.remaining();
        try {
            file.write(endBytes, bytes);
        } catch (IOException e) {
            takeBack(e, state);
            throw e;
        }
        endBytes += length;
    }

    private void takeBack(IOException cause, LayerState state) {
        try {
            file.truncate(endBytes);
        } catch (IOException e) {
            cause.addSuppressed(e);
            state.fail(cause);
        }
    }

    /** Comes before the first provisional record. */
    void mark(LayerState state) throws IOException {
        if (mark != BootMark.Found.OF_THIS_BOOT) {
            BootMark.set(file);
            state.sync(file);
            mark = BootMark.Found.OF_THIS_BOOT;
        }
    }

    /** Makes all records up to a byte settled and durable; their data is durable already. */
    void settle(long toBytes, LayerState state) throws IOException {
        ProvisionalRecords.settle(file, settledEndBytes, toBytes);
        state.sync(file);
        settledEndBytes = toBytes;
    }

    /** Makes all records durable, in a log that has no provisional ones. */
    void sync(LayerState state) throws IOException {
        state.sync(file);
        synced(endBytes);
    }

    /** Says that somebody has made the records up to a byte durable. */
    void synced(long toBytes) {
        settledEndBytes = Math.max(settledEndBytes, toBytes);
    }

    /** Takes the records back that no flush settled. */
    void cutUnsettled() throws IOException {
        file.truncate(settledEndBytes);
        endBytes = settledEndBytes;
    }

    /** There are no provisional records any more. */
    void unmark() throws IOException {
        if (mark != BootMark.Found.NONE) {
            BootMark.clear(file);
            mark = BootMark.Found.NONE;
        }
    }

    /** Whether compaction is due. */
    boolean isLong() {
        return records() > longFromRecords;
    }

    /** Says from how many records on a log is long. */
    void longFrom(long records) {
        longFromRecords = records;
    }

    /** After an attempt to compact, which may have failed: the next one comes when the log has grown. */
    void longLater() {
        longFromRecords = Math.max(LONG_FROM_RECORDS, GROWTH * records());
    }

    /** Goes on in another file, which has the place of the old one already. */
    void replace(LayerFile fresh, long freshSettledEndBytes, long freshEndBytes, boolean freshMarked) {
        LayerFile old = file;
        file = fresh;
        settledEndBytes = freshSettledEndBytes;
        endBytes = freshEndBytes;
        mark = freshMarked ? BootMark.Found.OF_THIS_BOOT : BootMark.Found.NONE;
        old.close();
    }

    @Override
    public void close() {
        file.close();
    }
}
