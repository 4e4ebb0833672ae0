package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/**
 * Writes a log anew: the segments of a snapshot instead of the records that they came from, then the records that came since, in
 * a file that takes the place of the old one. Readers and writers go on meanwhile; they are kept out by the owner's locks
 * for the last steps only.
 *
 * <pre>
 *  nothing locked    snapshot → new file, sync
 *  flushes wait      records settled since → new file, sync
 *  writers wait      the rest → new file, which is moved over the old one; sync of the directory
 * </pre>
 *
 * A crash leaves the old file or the new one, each complete. One object is one compaction. Thread-confined.
 */
final class LogCompaction implements Closeable {

    private static final int PIECE_BYTES = 64 * 1024;

    private final IndexLog log;
    private final LayerFile fresh;
    private final boolean marked;
    private long copiedToBytes;
    private long endBytes = LayerHeader.BYTES;
    private boolean replaced;

    private LogCompaction(IndexLog log, LayerFile fresh, boolean marked, long copiedToBytes) {
        this.log = log;
        this.fresh = fresh;
        this.marked = marked;
        this.copiedToBytes = copiedToBytes;
    }

    /**
     * Compacts the log of a layer. The segments of the snapshot are durable, and stand in the log before a byte. Of a sparse
     * layer only zeros are kept.
     */
    static void run(WritableLayer layer, IndexSnapshot segments, long snapshotEndBytes, BooleanSupplier stopped)
            throws IOException {
        IndexLog log = layer.log;
        boolean sparse = layer.kind() == WritableLayer.Kind.SPARSE;
        LayerFile fresh = log.files().create(temporary(log.file().path()));
        try (LogCompaction compaction = new LogCompaction(log, fresh, !sparse, snapshotEndBytes)) {
            compaction.begin(WritableHeaders.forIndex(layer.header()));
            if (compaction.write(segments, sparse, stopped)) {
                layer.flushes.exclusively(() -> compaction.finish(layer.appending, layer.state));
            }
        } finally {
            log.longLater();
        }
    }

    static Path temporary(Path log) {
        return log.resolveSibling(log.getFileName() + ".compacted");
    }

    private void begin(LayerHeader header) throws IOException {
        fresh.write(0, header.encode());
        if (marked) {
            BootMark.set(fresh);
        }
    }

    /** Writes the segments, only the zeroed ones if {@code zeroedOnly}; answers false if it was stopped. */
    private boolean write(IndexSnapshot segments, boolean zeroedOnly, BooleanSupplier stopped) throws IOException {
        RecordBatch batch = new RecordBatch();
        for (IndexSnapshot.Cursor at = segments.endingAfter(0); !at.isEnd(); at.advance()) {
            if (!zeroedOnly || at.isZeroed()) {
                batch.add(at.low(), at.high());
            }
            if (batch.size() == PIECE_BYTES / SegmentMapping.BYTES) {
                append(batch.bytes());
                batch.clear();
                if (stopped.getAsBoolean()) {
                    return false;
                }
            }
        }
        append(batch.bytes());
        fresh.sync();
        return true;
    }

    /** While nobody flushes. */
    private void finish(Lock appending, LayerState state) throws IOException {
        copySettled();
        appending.lock();
        try {
            state.check();
            copySettled();
            replace();
            // Before anything counts on what the new file says: its name must last.
            state.syncDirectory(fresh);
        } finally {
            appending.unlock();
        }
    }

    private void copySettled() throws IOException {
        if (copiedToBytes < log.settledEndBytes()) {
            copy(log.settledEndBytes());
            fresh.sync();
        }
    }

    private void copy(long toBytes) throws IOException {
        for (; copiedToBytes < toBytes; ) {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, toBytes - copiedToBytes));
            log.file().readFully(copiedToBytes, piece);
            copiedToBytes += piece.flip().remaining();
            append(piece);
        }
    }

    private void append(ByteBuffer records) throws IOException {
        int length = records.remaining();
        fresh.write(endBytes, records);
        endBytes += length;
    }

    private void replace() throws IOException {
        long settledEndBytes = endBytes;
        copy(log.endBytes());
        fresh.moveOver(log.file().path());
        log.replace(fresh, settledEndBytes, endBytes, marked);
        replaced = true;
    }

    /** Leaves no trace unless the new file is the log already. */
    @Override
    public void close() throws IOException {
        if (!replaced) {
            fresh.close();
            Files.deleteIfExists(fresh.path());
        }
    }
}
