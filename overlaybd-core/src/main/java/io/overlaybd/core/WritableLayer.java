package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.core.index.WritableIndex;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.NoSpaceException;
import io.overlaybd.io.Ranges;
import io.overlaybd.io.sys.SystemCallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A layer that is being written: a data file and an index file. What it does not have, it does not know: the layers below are
 * the business of {@link WritableOverlayDevice}.
 *
 * <p>A write that came back survives the end of the process, and once flushed a power loss. Once a sync has failed nobody
 * knows what is on the disk, and the layer refuses everything but being closed.
 *
 * <p>Both files are locked while the layer is open. Thread-safety: any thread may read, write, discard and flush at any time;
 * {@link #resize}, {@link #seal} and {@link #close} must not overlap with writing, which is for the caller to see to.
 */
public abstract sealed class WritableLayer implements Closeable permits LogLayer, SparseLayer {

    /** How a layer keeps what is written. */
    public enum Kind {
        /** Appended, and a record of each write in a log: old data stays until the layer is committed. */
        LOG,
        /** At its own place in a sparse image of the disk. */
        SPARSE
    }

    /** The original cuts writes so; it decides where segments end. */
    static final int MAX_PIECE_BYTES = 4 << 20;

    static final long FIRST_DATA_SECTOR = Sectors.containing(LayerHeader.BYTES);

    final LayerFile data;
    final IndexLog log;
    final WritableIndex index = new WritableIndex();
    private volatile LayerHeader header;
    private volatile IOException failure;
    private volatile boolean closed;
    private long droppedBytes;

    WritableLayer(LayerFile data, IndexLog log, LayerHeader header) {
        this.data = data;
        this.log = log;
        this.header = header;
    }

    /**
     * Creates both files, durably with their names; neither may be there. Their size can be 0 if it is to be that of the layers
     * below.
     */
    public static WritableLayer create(Kind kind, Path dataPath, Path indexPath, LayerIdentity identity)
            throws IOException {
        LayerFile data = LayerFile.create(dataPath);
        try {
            IndexLog log = IndexLog.create(indexPath);
            try {
                return switch (kind) {
                    case LOG -> LogLayer.create(data, log, identity);
                    case SPARSE -> SparseLayer.create(data, log, identity);
                };
            } catch (IOException | RuntimeException e) {
                log.close();
                Files.deleteIfExists(indexPath);
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            data.close();
            Files.deleteIfExists(dataPath);
            throw e;
        }
    }

    /**
     * Opens a layer for writing. What a crash left at the end of the index file is cut off, see {@link #droppedBytes}.
     *
     * @throws CorruptFormatException if a header is damaged or cut, or the files do not belong together
     */
    public static WritableLayer open(Path dataPath, Path indexPath) throws IOException {
        LayerFile data = LayerFile.open(dataPath);
        try {
            LayerHeader header = WritableHeaders.readData(data);
            IndexLog log = IndexLog.open(indexPath);
            try {
                return header.has(LayerHeader.SPARSE)
                        ? SparseLayer.open(data, log, header)
                        : LogLayer.open(data, log, header);
            } catch (IOException | RuntimeException e) {
                log.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    /** Reads what can be read of the log, after checking that it is this layer's. */
    final LayerHeader replay(IndexLog.RecordVisitor visitor) throws IOException {
        LayerHeader indexHeader = log.readHeader();
        if (!indexHeader.uuid().equals(header.uuid())) {
            throw new CorruptFormatException(
                    log.name(), 0, "uuid, as in " + data.name(), header.uuid(), indexHeader.uuid());
        }
        long before = log.endBytes();
        log.replay(visitor);
        droppedBytes = before - log.endBytes();
        return indexHeader;
    }

    /** What an error message calls this layer. */
    public final String name() {
        return data.name();
    }

    /** How it keeps what is written. */
    public abstract Kind kind();

    /** The header of the data file. */
    public final LayerHeader header() {
        return header;
    }

    /** How much of the index file a crash had spoilt, in bytes: the writes told of there were never flushed. */
    public final long droppedBytes() {
        return droppedBytes;
    }

    /** Size of the disk in bytes, whole sectors of what the header says. */
    public final long sizeBytes() {
        long sectors = Math.min(Sectors.containing(header.virtualSizeBytes()), SegmentMapping.INVALID_OFFSET_SECTORS);
        return Sectors.toBytes(sectors);
    }

    /** What is where now; the bytes are had with {@link #readData}. */
    final IndexSnapshot snapshot() {
        return index.snapshot();
    }

    /** Fills the buffer from a place in the data file. */
    final void readData(long fileAtBytes, ByteBuffer dst) throws IOException {
        data.readFully(fileAtBytes, dst);
    }

    /** As {@link BlockDevice#write}. */
    public final void write(long offsetBytes, ByteBuffer src) throws IOException {
        checkChange(offsetBytes, src.remaining());
        for (long at = offsetBytes; src.hasRemaining(); ) {
            int length = Math.min(MAX_PIECE_BYTES, src.remaining());
            try {
                writePiece(at, src.slice(src.position(), length));
            } catch (SystemCallException e) {
                throw explained(e);
            }
            src.position(src.position() + length);
            at += length;
        }
    }

    /** As {@link BlockDevice#discard}. */
    public final void discard(long offsetBytes, long lengthBytes) throws IOException {
        checkChange(offsetBytes, lengthBytes);
        if (lengthBytes > 0) {
            try {
                discardSectors(Sectors.containing(offsetBytes), Sectors.containing(lengthBytes));
            } catch (SystemCallException e) {
                throw explained(e);
            }
        }
    }

    private static IOException explained(SystemCallException failure) {
        return failure.isOutOfSpace() ? new NoSpaceException(failure) : failure;
    }

    private void checkChange(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.checkWrite(name(), offsetBytes, lengthBytes, sizeBytes());
        checkUsable();
    }

    /** Writes a piece of at most {@link #MAX_PIECE_BYTES}, whole sectors. */
    abstract void writePiece(long offsetBytes, ByteBuffer piece) throws IOException;

    abstract void discardSectors(long offsetSectors, long lengthSectors) throws IOException;

    /** As {@link BlockDevice#flush}. */
    public abstract void flush() throws IOException;

    /**
     * Makes the disk larger, durably.
     *
     * @throws IllegalArgumentException if it would get smaller
     */
    public final void resize(long virtualSizeBytes) throws IOException {
        if (virtualSizeBytes < header.virtualSizeBytes()) {
            throw new IllegalArgumentException(name() + ": size: expected at least " + header.virtualSizeBytes()
                    + " bytes, found " + virtualSizeBytes);
        }
        checkUsable();
        grow(virtualSizeBytes);
        header = header.withVirtualSize(virtualSizeBytes);
    }

    /** Takes the size that another header than that of the data file gives. */
    final void adoptSize(long virtualSizeBytes) {
        header = header.withVirtualSize(virtualSizeBytes);
    }

    abstract void grow(long virtualSizeBytes) throws IOException;

    /**
     * This layer as it is now, to be committed or stacked. Of a log layer it stays so whatever is written; of a sparse one
     * only as long as nothing is. It must be used only while this layer is open, and need not be closed.
     */
    public final SealedLayer freeze() throws IOException {
        checkUsable();
        // In this order: what is added meanwhile lies beyond the segments, never the other way round.
        LayerIndex segments = snapshot().toLayerIndex();
        return new SealedLayer(data.source(dataEndBytes(), false), header, header, segments);
    }

    /**
     * Finishes the data file where it lies; the index file is not needed any more. This layer is closed then, and the sealed
     * one owns the file. If it throws, this layer goes on as before.
     *
     * @throws io.overlaybd.core.index.TooManySegmentsException if the original could not open the layer
     */
    public final SealedLayer seal() throws IOException {
        flush();
        release(true);
        SealedLayer sealed = SealWriter.seal(data, header, dataEndBytes(), snapshot());
        closed = true;
        log.close();
        return sealed;
    }

    /** Where the data ends, a multiple of a sector: what is before will not move. */
    abstract long dataEndBytes();

    final void checkUsable() throws IOException {
        if (closed) {
            throw new IOException(name() + ": is closed");
        }
        if (failure != null) {
            throw new IOException(name() + ": refuses more since a sync failed: " + failure.getMessage(), failure);
        }
    }

    /**
     * Compacts the log to what the snapshot says. That fails without harm, on a full disk above all; but a new log whose name
     * might not last must not be written to.
     */
    final void compact(IndexSnapshot segments) throws IOException {
        try {
            log.compact(WritableHeaders.forIndex(header), segments, kind() == Kind.SPARSE);
        } catch (IOException goesOnWithTheLongOne) {
            return;
        }
        try {
            log.file().syncDirectory();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** A failed sync may have lost what was written, and the next one would not say so. */
    final void sync(LayerFile file) throws IOException {
        try {
            file.sync();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Flushes and closes; idempotent. */
    @Override
    public final void close() throws IOException {
        if (closed) {
            return;
        }
        boolean flushed = false;
        try {
            if (failure == null) {
                flush();
                flushed = true;
            }
        } finally {
            closed = true;
            log.close();
            data.close();
            // What a failed sync was told of must not come back as if all were well.
            release(flushed || failure != null);
        }
    }

    /** Lets go of what waits for a flush, for good or, if {@code forGood} is false, for the next opening to find. */
    abstract void release(boolean forGood) throws IOException;
}
