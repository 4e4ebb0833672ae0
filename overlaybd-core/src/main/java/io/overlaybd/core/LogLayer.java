package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * The append-only writable layer:
 *
 * <pre>
 *  data file  = header  data...           what is written, in the order of arrival
 *  index file = header  record...         which of it is where on the disk; later records win
 * </pre>
 *
 * How a write goes: {@link LogAppender}. A flush syncs the data, then settles the records that tell of it, see {@link
 * IndexLog}: so after a power loss no record counts that stands for bytes which are not there.
 *
 * <p>Behind a flush, in the background: a log that has grown long is compacted, and space that nothing points to any more is given
 * back, see {@link DeadSpace}.
 */
sealed class LogLayer extends WritableLayer permits HybridLayer {

    /** Guards what a write changes, for moments only. Comes after the lock of a flush. */
    private final Object lock = new Object();

    private final DeadSpace dead;
    private LogAppender appender;
    /** What the last flush made durable, while there is space to be given back. */
    private final AtomicReference<LogAppender.Published> wasteful = new AtomicReference<>();

    private int paddedToRecords = 1;

    LogLayer(LayerPair files, LayerHeader header) {
        super(files, header);
        this.dead = new DeadSpace(data);
        this.appender = new LogAppender(this, dead, LayerHeader.BYTES);
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
        layer.appender = new LogAppender(layer, layer.dead, sizeBytes);
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
        appender.append(offsetBytes, piece);
    }

    @Override
    void discardSectors(long offsetSectors, long lengthSectors) throws IOException {
        appender.discard(offsetSectors, lengthSectors);
    }

    @Override
    void makeDurable() throws IOException {
        LogAppender.Published published = appender.published(paddedToRecords);
        try {
            state.sync(data);
            log.settle(published.logEndBytes(), state);
        } catch (IOException e) {
            if (state.hasFailed()) {
                // What a failed sync was told of must not come back as if all were well.
                appender.dropUnsettled(e);
            }
            throw e;
        }
        wasteful.set(published.muchIsDead() ? published : null);
        if (log.isLong() || published.muchIsDead()) {
            background.start(stopped -> tidy(published, stopped));
        }
    }

    /** What was published is durable now. While space is given back, the next flush may find that there is more. */
    private void tidy(LogAppender.Published published, BooleanSupplier stopped) throws IOException {
        if (log.isLong()) {
            LogCompaction.run(this, published.segments(), published.logEndBytes(), stopped);
        }
        LogAppender.Published last = wasteful.getAndSet(null);
        while (last != null && !stopped.getAsBoolean() && appender.takeUpDead(last)) {
            dead.reclaim(last.segments(), last.dataEndBytes(), stopped);
            last = wasteful.getAndSet(null);
        }
    }

    /** The index file's header is what counts on opening, so it comes last. */
    @Override
    void grow(long virtualSizeBytes) throws IOException {
        WritableHeaders.rewriteVirtualSize(data, virtualSizeBytes, state);
        WritableHeaders.rewriteVirtualSize(log.file(), virtualSizeBytes, state);
    }

    @Override
    IndexSnapshot keep() {
        return appender.keep();
    }

    @Override
    long dataEndBytes() {
        return appender.dataEndBytes();
    }
}
