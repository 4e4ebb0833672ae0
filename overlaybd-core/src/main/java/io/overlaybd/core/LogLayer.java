package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The append-only writable layer:
 *
 * <pre>
 *  data file  = header  data...           what is written, in the order of arrival
 *  index file = header  record...         which of it is where on the disk; later records win
 * </pre>
 *
 * A write takes its place at the end of the data file, writes there beside other writes, and is then published: in the index
 * for readers, and as a record for the next flush. Records come to the index file once the data that they tell of is synced,
 * so that after a power loss none stands for bytes that are not there; until then {@link UnsyncedRecords} keeps them from
 * ending with the process. One flush serves all who wait for one.
 */
final class LogLayer extends WritableLayer {

    /** So many records are not kept waiting for somebody to flush. */
    private static final int MAX_PENDING_RECORDS = 1 << 16;

    /** Beyond so many a flush lets nobody write meanwhile, so that none is left and their file can be cut. */
    private static final int MAX_UNSYNCED_RECORDS = 1 << 20;

    /** Guards what a write changes, as a rule for moments only. */
    private final Object lock = new Object();

    private final UnsyncedRecords unsynced;

    private RecordBatch pending = new RecordBatch();
    private long publishedRecords;
    private long dataEndBytes;
    private long writtenEndBytes;

    /** Held through a whole flush; guards the log. Comes before {@link #lock}. */
    private final ReentrantLock flushing = new ReentrantLock();

    private long durableRecords;
    private int paddedToRecords = 1;

    private LogLayer(LayerFile data, IndexLog log, LayerHeader header) throws IOException {
        super(data, log, header);
        unsynced = new UnsyncedRecords(log.file().path(), header.uuid());
    }

    static LogLayer create(LayerFile data, IndexLog log, LayerIdentity identity) throws IOException {
        LayerHeader header = WritableHeaders.forData(identity, 0);
        data.write(0, header.encode());
        data.sync();
        log.writeHeader(WritableHeaders.forIndex(header));
        log.sync();
        data.syncDirectory();
        log.file().syncDirectory();
        LogLayer layer = new LogLayer(data, log, header);
        layer.unsynced.discard();
        layer.appendFrom(LayerHeader.BYTES);
        return layer;
    }

    static LogLayer open(LayerFile data, IndexLog log, LayerHeader dataHeader) throws IOException {
        long sizeBytes = data.sizeBytes();
        LogLayer layer = new LogLayer(data, log, dataHeader);
        long dataEndSector = Sectors.containing(sizeBytes);
        LayerHeader indexHeader = layer.replay((low, high) -> layer.take(low, high, dataEndSector));
        layer.recover(dataEndSector);
        if (!Sectors.isWhole(sizeBytes)) {
            data.truncate(Sectors.toBytes(dataEndSector + 1));
        }
        layer.appendFrom(data.sizeBytes());
        layer.adoptSize(indexHeader.virtualSizeBytes());
        return layer;
    }

    /** What an earlier process had not flushed waits for a flush again. */
    private void recover(long dataEndSector) throws IOException {
        try {
            unsynced.recover((low, high) -> {
                boolean good = take(low, high, dataEndSector);
                if (good) {
                    pending.add(low, high);
                    publishedRecords++;
                }
                return good;
            });
        } catch (IOException | RuntimeException e) {
            unsynced.close();
            throw e;
        }
    }

    private boolean take(long low, long high, long dataEndSector) {
        long start = SegmentMapping.mappedSector(high);
        boolean good;
        if (SegmentMapping.isZeroed(high)) {
            good = start >= FIRST_DATA_SECTOR && start <= dataEndSector;
        } else {
            long end = start + SegmentMapping.lengthSectors(low);
            good = start >= FIRST_DATA_SECTOR && start < dataEndSector && end <= dataEndSector;
        }
        if (good) {
            index.insert(low, SegmentMapping.untagged(high));
        }
        return good;
    }

    private void appendFrom(long endBytes) {
        dataEndBytes = endBytes;
        writtenEndBytes = endBytes;
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
    void writePiece(long offsetBytes, ByteBuffer piece) throws IOException {
        int length = piece.remaining();
        long at = reserve(length);
        try {
            data.write(at, piece);
        } catch (IOException e) {
            giveBack(at, length);
            throw e;
        }
        long low = SegmentMapping.low(Sectors.containing(offsetBytes), length / BlockDevice.SECTOR_BYTES);
        boolean full;
        synchronized (lock) {
            writtenEndBytes = Math.max(writtenEndBytes, at + length);
            full = publish(low, SegmentMapping.high(Sectors.containing(at), false, 0));
        }
        if (full) {
            flush();
        }
    }

    private long reserve(int length) {
        synchronized (lock) {
            long at = dataEndBytes;
            dataEndBytes += length;
            return at;
        }
    }

    /** Unless others have gone on behind it: then it stays, as garbage. */
    private void giveBack(long at, int length) {
        synchronized (lock) {
            if (dataEndBytes == at + length) {
                dataEndBytes = at;
            }
        }
    }

    /** Zeros point to the end of what is really there, since the original checks that they point into the file. */
    @Override
    void discardSectors(long offsetSectors, long lengthSectors) throws IOException {
        boolean full = false;
        synchronized (lock) {
            long high = SegmentMapping.high(Sectors.containing(writtenEndBytes), true, 0);
            long end = offsetSectors + lengthSectors;
            for (long at = offsetSectors; at < end; at += SegmentMapping.MAX_LENGTH_SECTORS) {
                int piece = (int) Math.min(SegmentMapping.MAX_LENGTH_SECTORS, end - at);
                full = publish(SegmentMapping.low(at, piece), high);
            }
        }
        if (full) {
            flush();
        }
    }

    /** Guarded by {@link #lock}. Answers whether too many records wait for a flush. */
    private boolean publish(long low, long high) throws IOException {
        unsynced.add(low, high);
        pending.add(low, high);
        publishedRecords++;
        index.insert(low, high);
        return pending.size() >= MAX_PENDING_RECORDS;
    }

    @Override
    public void flush() throws IOException {
        checkUsable();
        long wanted;
        synchronized (lock) {
            wanted = publishedRecords;
        }
        flushing.lock();
        try {
            checkUsable();
            if (durableRecords < wanted) {
                flushPending();
            }
        } finally {
            flushing.unlock();
        }
    }

    private void flushPending() throws IOException {
        boolean few;
        synchronized (lock) {
            few = unsynced.size() < MAX_UNSYNCED_RECORDS;
        }
        if (few) {
            makeDurable();
            return;
        }
        synchronized (lock) {
            makeDurable();
        }
    }

    private void makeDurable() throws IOException {
        RecordBatch batch;
        IndexSnapshot segments;
        long upTo;
        synchronized (lock) {
            segments = snapshot();
            batch = pending;
            pending = new RecordBatch();
            upTo = publishedRecords;
        }
        try {
            sync(data);
            batch.padTo(paddedToRecords);
            log.append(batch);
        } catch (IOException e) {
            putBack(batch);
            throw e;
        }
        sync(log.file());
        durableRecords = upTo;
        if (log.isLong()) {
            compact(segments);
        }
        synchronized (lock) {
            if (pending.size() == 0) {
                unsynced.clear();
            }
        }
    }

    /** For the next flush to try again: a full disk may have room by then. */
    private void putBack(RecordBatch batch) {
        synchronized (lock) {
            batch.addAll(pending);
            pending = batch;
        }
    }

    @Override
    void release(boolean forGood) throws IOException {
        if (forGood) {
            unsynced.discard();
        } else {
            unsynced.close();
        }
    }

    /** The index file's header is what counts on opening, so it comes last. */
    @Override
    void grow(long virtualSizeBytes) throws IOException {
        WritableHeaders.rewriteVirtualSize(data, virtualSizeBytes);
        WritableHeaders.rewriteVirtualSize(log.file(), virtualSizeBytes);
    }

    @Override
    long dataEndBytes() {
        synchronized (lock) {
            return dataEndBytes;
        }
    }
}
