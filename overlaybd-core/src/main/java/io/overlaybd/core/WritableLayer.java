package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.core.index.WritableIndex;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.Ranges;
import io.overlaybd.io.sys.SystemCallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A layer that is being written: a data file and an index file. What it does not have, it does not know: the layers below are
 * the business of {@link WritableOverlayDevice}.
 *
 * <p>A write that came back survives the end of the process, and once flushed a power loss. Once a sync has failed nobody
 * knows what is on the disk: the layer refuses every change then, and reads go on. Opened anew it has all that was flushed before.
 *
 * <p>Both files are locked while the layer is open. Thread-safety: any thread may read, write, discard and flush at any time;
 * {@link #resize}, {@link #seal} and {@link #close} must not overlap with writing or flushing, which is for the caller to see to.
 */
public abstract sealed class WritableLayer implements Closeable permits LogLayer, SparseLayer {

    /** How a layer keeps what is written. */
    public enum Kind {
        /** Appended, and a record of each write in a log: old data stays for a while. */
        LOG,
        /** The same, but what this layer has already is overwritten where it lies. */
        HYBRID,
        /** At its own place in a sparse image of the disk. */
        SPARSE
    }

    /** The original cuts writes so; it decides where segments end. */
    static final int MAX_PIECE_BYTES = 4 << 20;

    static final long FIRST_DATA_SECTOR = Sectors.containing(LayerHeader.BYTES);

    final LayerFile data;
    final IndexLog log;
    final WritableIndex index = new WritableIndex();
    final LayerState state;
    final SharedFlush flushes = new SharedFlush();
    /** Held while a change is told to the log and the index. Comes after the lock of a flush. */
    final ReentrantLock appending = new ReentrantLock();

    final Background background;
    private volatile LayerHeader header;

    WritableLayer(LayerPair files, LayerHeader header) {
        this.data = files.data();
        this.log = files.log();
        this.header = header;
        this.state = new LayerState(data.name());
        this.background = new Background("obd-tidy-" + data.path().getFileName());
    }

    /**
     * Creates both files, durably with their names; neither may be there. Their size can be 0 if it is to be that of the layers
     * below.
     */
    public static WritableLayer create(Kind kind, Path dataPath, Path indexPath, LayerIdentity identity)
            throws IOException {
        return LayerPair.create(LayerFiles.REAL, dataPath, indexPath).newLayer(kind, identity);
    }

    /**
     * Opens a layer for writing; of which kind it is, the header of the data file tells. What a crash left at the end of the index
     * file is cut off, see {@link #droppedBytes}.
     *
     * @throws CorruptFormatException if a header is damaged or cut, or the files do not belong together
     */
    public static WritableLayer open(Path dataPath, Path indexPath) throws IOException {
        return LayerPair.open(LayerFiles.REAL, dataPath, indexPath).layer();
    }

    /** Reads what can be read of the log, after checking that it is this layer's. */
    final LayerHeader replay(LogReader.RecordVisitor check) throws IOException {
        LayerHeader indexHeader = log.readHeader(header, data.name());
        log.replay(check, (low, high) -> {
            index.insert(low, high);
            return true;
        });
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
        return log.droppedBytes();
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

    /**
     * Fills the buffer from a place in the data file, or answers false if it must not wait but would have to; the position is then
     * unspecified.
     */
    abstract boolean readData(long fileAtBytes, ByteBuffer dst, boolean mayWait) throws IOException;

    /** Grows when places that a snapshot of the past tells may be given up: a read in between begins again. */
    abstract long reclaims();

    /** Says what shows where this layer has nothing. */
    abstract void standOn(StackReader lowers);

    /** As {@link BlockDevice#write}. */
    public final void write(long offsetBytes, ByteBuffer src) throws IOException {
        checkChange(offsetBytes, src.remaining());
        for (long at = offsetBytes; src.hasRemaining(); ) {
            int length = Math.min(MAX_PIECE_BYTES, src.remaining());
            try {
                writePiece(at, src.slice(src.position(), length));
            } catch (SystemCallException e) {
                throw LayerState.explained(e);
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
                throw LayerState.explained(e);
            }
        }
    }

    private void checkChange(long offsetBytes, long lengthBytes) throws IOException {
        Ranges.checkWrite(name(), offsetBytes, lengthBytes, sizeBytes());
        state.check();
    }

    /** Writes a piece of at most {@link #MAX_PIECE_BYTES}, whole sectors. */
    abstract void writePiece(long offsetBytes, ByteBuffer piece) throws IOException;

    abstract void discardSectors(long offsetSectors, long lengthSectors) throws IOException;

    /** As {@link BlockDevice#flush}. */
    public final void flush() throws IOException {
        state.check();
        flushes.flush(() -> {
            state.check();
            makeDurable();
        });
    }

    /** Syncs all changes so far; nobody else does meanwhile. */
    abstract void makeDurable() throws IOException;

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
        state.check();
        background.stop();
        flushes.exclusively(() -> grow(virtualSizeBytes));
        adoptSize(virtualSizeBytes);
    }

    /** Takes the size that another header than that of the data file gives. */
    final void adoptSize(long virtualSizeBytes) {
        header = header.withVirtualSize(virtualSizeBytes);
    }

    abstract void grow(long virtualSizeBytes) throws IOException;

    /**
     * This layer as it is now, to be committed or stacked. Of a log or hybrid layer it stays so whatever is written; of a sparse
     * one only as long as nothing is. It must be used only while this layer is open, and need not be closed.
     */
    public final SealedLayer freeze() throws IOException {
        state.check();
        // In this order: what is added meanwhile lies beyond the segments, never the other way round.
        LayerIndex segments = keep().toLayerIndex();
        return new SealedLayer(new LayerFileSource(data, dataEndBytes(), false), header, header, segments);
    }

    /** What is where now; from now on its data stays as it is, where the kind of the layer allows that. */
    abstract IndexSnapshot keep();

    /**
     * Finishes the data file where it lies; the index file is not needed any more. This layer is closed then, and the sealed
     * one owns the file. If it throws, this layer goes on as before.
     *
     * @throws io.overlaybd.core.index.TooManySegmentsException if the original could not open the layer
     */
    public final SealedLayer seal() throws IOException {
        return seal(Publication.NONE);
    }

    /** {@link #seal()}, published before it is final. */
    final SealedLayer seal(Publication publication) throws IOException {
        flush();
        background.stop();
        SealedLayer sealed = SealWriter.seal(data, header, dataEndBytes(), snapshot(), state, publication);
        state.close();
        log.close();
        return sealed;
    }

    /** Where the data ends, a multiple of a sector: what is before will not move. */
    abstract long dataEndBytes();

    /** Flushes and closes; idempotent. */
    @Override
    public final void close() throws IOException {
        if (state.isClosed()) {
            return;
        }
        try {
            if (!state.hasFailed()) {
                flush();
                background.stop();
                log.unmark();
            }
        } finally {
            state.close();
            background.stop();
            log.close();
            data.close();
        }
    }
}
