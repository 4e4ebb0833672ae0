package io.overlaybd.core;

import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;

/**
 * The writers' side of an append-only layer. A write takes its place at the end of the data file, writes there beside other
 * writes, and is then published: as a provisional record, and in the index for readers.
 *
 * <p>Thread-safe. What a write changes is guarded by the layer's {@link WritableLayer#appending}, which is held for moments only.
 */
final class LogAppender {

    /** So many records are appended at once. */
    private static final int MAX_BATCH_RECORDS = 4096;

    /** All that was published at one moment, and how much had died by then. */
    record Published(
            IndexSnapshot segments, long logEndBytes, long dataEndBytes, long deadSectors, boolean muchIsDead) {}

    private final WritableLayer layer;
    private final Lock lock;
    private final AppendSpace space;
    private final DeadSpace dead;
    private final RecordBatch batch = new RecordBatch();
    private boolean keepsData;

    /** For a data file of this length. */
    LogAppender(WritableLayer layer, DeadSpace dead, long dataEndBytes) {
        this.layer = layer;
        this.lock = layer.appending;
        this.dead = dead;
        this.space = new AppendSpace(dataEndBytes);
    }

    /** Writes a piece, whole sectors. */
    void append(long offsetBytes, ByteBuffer piece) throws IOException {
        int length = piece.remaining();
        long at = take(length);
        boolean filled = false;
        try {
            layer.data.write(at, piece);
            long low = SegmentMapping.low(Sectors.containing(offsetBytes), length / BlockDevice.SECTOR_BYTES);
            lock.lock();
            try {
                add(low, SegmentMapping.high(Sectors.containing(at), false, 0));
                publish();
                space.filled(at, length);
                filled = true;
            } finally {
                lock.unlock();
            }
        } finally {
            if (!filled) {
                giveBack(at, length);
            }
        }
    }

    private long take(int length) {
        lock.lock();
        try {
            return space.take(length);
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(long at, int length) {
        lock.lock();
        try {
            space.giveBack(at, length);
        } finally {
            lock.unlock();
        }
    }

    /** Zeros point to the end of what is really there, since the original checks that they point into the file. */
    void discard(long offsetSectors, long lengthSectors) throws IOException {
        long end = offsetSectors + lengthSectors;
        long at = offsetSectors;
        while (at < end) {
            lock.lock();
            try {
                long high = SegmentMapping.high(Sectors.containing(space.writtenEndBytes()), true, 0);
                for (; at < end && batch.size() < MAX_BATCH_RECORDS; at += SegmentMapping.MAX_LENGTH_SECTORS) {
                    int piece = (int) Math.min(SegmentMapping.MAX_LENGTH_SECTORS, end - at);
                    add(SegmentMapping.low(at, piece), high);
                }
                publish();
            } finally {
                lock.unlock();
            }
        }
    }

    private void add(long low, long high) {
        batch.add(low, ProvisionalRecords.high(high));
    }

    /** Tells the log and then the readers of the records in the batch. Guarded by the lock. */
    private void publish() throws IOException {
        try {
            layer.state.check();
            layer.log.mark(layer.state);
            layer.log.append(batch, layer.state);
            for (int i = 0; i < batch.size(); i++) {
                long low = batch.low(i);
                dead.replaced(layer.snapshot(), SegmentMapping.offsetSectors(low), SegmentMapping.endSectors(low));
                layer.index.insert(low, SegmentMapping.untagged(batch.high(i)));
            }
            layer.flushes.changed();
        } finally {
            batch.clear();
        }
    }

    /** What is published now, after the log was filled up with padding to a multiple of so many records. */
    Published published(int paddedToRecords) throws IOException {
        lock.lock();
        try {
            while ((layer.log.records() + batch.size()) % paddedToRecords != 0) {
                add(SegmentMapping.PADDING_LOW, 0);
            }
            if (batch.size() > 0) {
                publish();
            }
            long settledDataBytes = space.settledEndBytes();
            long deadSectors = dead.deadSectors();
            boolean muchIsDead = !keepsData && dead.isMuch(deadSectors, settledDataBytes);
            return new Published(layer.snapshot(), layer.log.endBytes(), settledDataBytes, deadSectors, muchIsDead);
        } finally {
            lock.unlock();
        }
    }

    /** Takes back what no flush settled, and publishes nothing more: the layer's state has seen to that. */
    void dropUnsettled(IOException cause) {
        lock.lock();
        try {
            layer.log.cutUnsettled();
        } catch (IOException e) {
            cause.addSuppressed(e);
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is still much to be given back of what was dead then; the caller sees to that. */
    boolean takeUpDead(Published durable) {
        lock.lock();
        try {
            return dead.takeUp(durable.deadSectors(), durable.dataEndBytes());
        } finally {
            lock.unlock();
        }
    }

    /** The index now, whose data stays. Space that is given back already is nothing to this snapshot, which is younger. */
    IndexSnapshot keep() {
        lock.lock();
        try {
            keepsData = true;
            return layer.snapshot();
        } finally {
            lock.unlock();
        }
    }

    /** The end of all that was ever appended. */
    long dataEndBytes() {
        lock.lock();
        try {
            return space.endBytes();
        } finally {
            lock.unlock();
        }
    }
}
