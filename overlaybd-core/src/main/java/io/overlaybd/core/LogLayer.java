package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * The append-only writable layer:
 *
 * <pre>
 *  data file  = header  data...           what is written, in the order of arrival
 *  index file = header  record...         which of it is where on the disk; later records win
 * </pre>
 *
 * A write takes its place at the end of the data file, writes there beside other writes, and is then published: as a
 * provisional record, and in the index for readers. A flush syncs the data, then settles the records that tell of it, see {@link
 * IndexLog}: so after a power loss no record counts that stands for bytes which are not there.
 *
 * <p>Behind a flush, in the background: a log that has grown long is compacted, and space that nothing points to any more is given
 * back, see {@link DeadSpace}.
 */
sealed class LogLayer extends WritableLayer permits HybridLayer {

    /** So many records are appended at once. */
    private static final int MAX_BATCH_RECORDS = 4096;

    /** Guards what a write changes, for moments only. Comes after the lock of a flush. */
    private final Object lock = new Object();

    private final RecordBatch batch = new RecordBatch();
    private final DeadSpace dead;
    private AppendSpace space = new AppendSpace(LayerHeader.BYTES);
    private int paddedToRecords = 1;
    private boolean keepsData;

    LogLayer(LayerPair files, LayerHeader header) {
        super(files, header);
        this.dead = new DeadSpace(data);
    }

    private static LogLayer of(LayerPair files, LayerHeader header) {
        return header.has(LayerHeader.HYBRID) ? new HybridLayer(files, header) : new LogLayer(files, header);
    }

    static LogLayer create(LayerPair files, Kind kind, LayerIdentity identity) throws IOException {
        LayerHeader header = WritableHeaders.forData(identity, kind == Kind.HYBRID ? LayerHeader.HYBRID : 0);
        files.data().write(0, header.encode());
        files.data().sync();
        files.log().writeHeader(WritableHeaders.forIndex(header));
        files.log().file().sync();
        files.data().syncDirectory();
        files.log().file().syncDirectory();
        return of(files, header);
    }

    static LogLayer open(LayerPair files, LayerHeader dataHeader) throws IOException {
        LogLayer layer = of(files, dataHeader);
        long sizeBytes = files.data().sizeBytes();
        long dataEndSector = Sectors.containing(sizeBytes);
        LayerHeader indexHeader = layer.replay((low, high) -> isInFile(low, high, dataEndSector));
        if (!Sectors.isWhole(sizeBytes)) {
            sizeBytes = Sectors.toBytes(dataEndSector + 1);
            files.data().truncate(sizeBytes);
        }
        layer.space = new AppendSpace(sizeBytes);
        layer.adoptSize(indexHeader.virtualSizeBytes());
        return layer;
    }

    private static boolean isInFile(long low, long high, long dataEndSector) {
        long start = SegmentMapping.mappedSector(high);
        if (SegmentMapping.isZeroed(high)) {
            return start >= FIRST_DATA_SECTOR && start <= dataEndSector;
        }
        long end = start + SegmentMapping.lengthSectors(low);
        return start >= FIRST_DATA_SECTOR && start < dataEndSector && end <= dataEndSector;
    }

    /** As the original's group commit: each flush fills the log up to a multiple of so many records with padding. */
    void padLogTo(int records) {
        paddedToRecords = records;
    }

    @Override
    public Kind kind() {
        return Kind.LOG;
    }

    @Override
    boolean readData(long fileAtBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        if (mayWait) {
            data.readFully(fileAtBytes, dst);
            return true;
        }
        return data.tryReadFully(fileAtBytes, dst);
    }

    @Override
    long reclaims() {
        return dead.reclaims();
    }

    @Override
    void standOn(StackReader lowers) {}

    @Override
    void writePiece(long offsetBytes, ByteBuffer piece) throws IOException {
        append(offsetBytes, piece);
    }

    final void append(long offsetBytes, ByteBuffer piece) throws IOException {
        int length = piece.remaining();
        long at;
        synchronized (lock) {
            at = space.take(length);
        }
        boolean filled = false;
        try {
            data.write(at, piece);
            long low = SegmentMapping.low(Sectors.containing(offsetBytes), length / BlockDevice.SECTOR_BYTES);
            synchronized (lock) {
                add(low, SegmentMapping.high(Sectors.containing(at), false, 0));
                publish();
                space.filled(at, length);
            }
            filled = true;
        } finally {
            if (!filled) {
                synchronized (lock) {
                    space.giveBack(at, length);
                }
            }
        }
    }

    /** Zeros point to the end of what is really there, since the original checks that they point into the file. */
    @Override
    void discardSectors(long offsetSectors, long lengthSectors) throws IOException {
        long end = offsetSectors + lengthSectors;
        long at = offsetSectors;
        while (at < end) {
            synchronized (lock) {
                long high = SegmentMapping.high(Sectors.containing(space.writtenEndBytes()), true, 0);
                for (; at < end && batch.size() < MAX_BATCH_RECORDS; at += SegmentMapping.MAX_LENGTH_SECTORS) {
                    int piece = (int) Math.min(SegmentMapping.MAX_LENGTH_SECTORS, end - at);
                    add(SegmentMapping.low(at, piece), high);
                }
                publish();
            }
        }
    }

    private void add(long low, long high) {
        batch.add(low, IndexLog.provisional(high));
    }

    /** Tells the log and then the readers of the records in the batch. Guarded by {@link #lock}. */
    private void publish() throws IOException {
        try {
            state.check();
            log.mark(state);
            log.append(batch, state);
            for (int i = 0; i < batch.size(); i++) {
                long low = batch.low(i);
                dead.replaced(snapshot(), SegmentMapping.offsetSectors(low), SegmentMapping.endSectors(low));
                index.insert(low, SegmentMapping.untagged(batch.high(i)));
            }
            flushes.changed();
        } finally {
            batch.clear();
        }
    }

    @Override
    void makeDurable() throws IOException {
        long logEndBytes;
        IndexSnapshot segments;
        long settledDataBytes;
        boolean reclaim;
        synchronized (lock) {
            pad();
            logEndBytes = log.endBytes();
            segments = snapshot();
            settledDataBytes = space.settledEndBytes();
            reclaim = !keepsData && dead.isMuch(settledDataBytes);
        }
        syncUpTo(logEndBytes);
        if (reclaim || log.isLong()) {
            background.start(stopped -> tidy(segments, logEndBytes, reclaim ? settledDataBytes : 0, stopped));
        }
    }

    private void pad() throws IOException {
        while ((log.records() + batch.size()) % paddedToRecords != 0) {
            add(SegmentMapping.PADDING_LOW, 0);
        }
        if (batch.size() > 0) {
            publish();
        }
    }

    private void syncUpTo(long logEndBytes) throws IOException {
        try {
            state.sync(data);
            log.settle(logEndBytes, state);
        } catch (IOException e) {
            if (state.hasFailed()) {
                dropUnsettled(e);
            }
            throw e;
        }
    }

    /** What a failed sync was told of must not come back as if all were well. */
    private void dropUnsettled(IOException cause) {
        synchronized (lock) {
            try {
                log.cutUnsettled();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /** These segments are durable, and stand in the log before that byte. */
    private void tidy(IndexSnapshot segments, long logEndBytes, long reclaimToBytes, BooleanSupplier stopped)
            throws IOException {
        if (log.isLong()) {
            compact(segments, logEndBytes, stopped);
        }
        if (reclaimToBytes > 0 && !stopped.getAsBoolean()) {
            dead.reclaim(segments, reclaimToBytes, stopped);
        }
    }

    private void compact(IndexSnapshot segments, long logEndBytes, BooleanSupplier stopped) throws IOException {
        try (LogCompaction compaction =
                LogCompaction.begin(log, WritableHeaders.forIndex(header()), true, logEndBytes)) {
            if (compaction.write(segments, false, stopped)) {
                flushes.exclusively(() -> replaceLog(compaction));
            }
        } finally {
            log.longLater();
        }
    }

    private void replaceLog(LogCompaction compaction) throws IOException {
        compaction.copySettled();
        synchronized (lock) {
            state.check();
            compaction.replace();
        }
        // Before anything is settled in the new file: its name must last.
        state.syncDirectory(log.file());
    }

    /** The index file's header is what counts on opening, so it comes last. */
    @Override
    void grow(long virtualSizeBytes) throws IOException {
        WritableHeaders.rewriteVirtualSize(data, virtualSizeBytes, state);
        WritableHeaders.rewriteVirtualSize(log.file(), virtualSizeBytes, state);
    }

    /** Space that is given back already is nothing to this snapshot, which is younger. */
    @Override
    IndexSnapshot keep() {
        synchronized (lock) {
            keepsData = true;
            return snapshot();
        }
    }

    @Override
    long dataEndBytes() {
        synchronized (lock) {
            return space.endBytes();
        }
    }
}
