package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The writable layer that is an image of the disk with holes:
 *
 * <pre>
 *  data file  = header  image             byte n of the disk at 4096 + n; what was never written is a hole
 *  index file = [ header  record... ]     what was discarded; empty until then
 * </pre>
 *
 * Opening asks the file system where the holes are. It gives back discarded ranges as holes too, and those would show the layers
 * below again; the records in the index file, which the original leaves empty and does not read, say that they are zero.
 * Data wins over records: where something was written later, the file has data; and where a hole could not be punched, it
 * has zeros.
 *
 * <p>A record is durable before its hole is punched: after a power loss a discarded sector is as before or zero. Where there is
 * no data to be punched away, the record waits for the next flush.
 *
 * <p>Holes come in blocks of the file system, and a block with data is data: {@link SparseBlocks} takes care of the rest of it.
 */
final class SparseLayer extends WritableLayer {

    private final InPlaceWrites inPlace = new InPlaceWrites();
    private final SparseBlocks blocks;

    /** A write that failed may have left data that the index does not know. */
    private boolean dataIsKnown = true;

    private SparseLayer(LayerPair files, LayerHeader header) throws IOException {
        super(files, header);
        blocks = new SparseBlocks(data);
    }

    static SparseLayer create(LayerPair files, LayerIdentity identity) throws IOException {
        SparseLayer layer = new SparseLayer(files, WritableHeaders.forData(identity, LayerHeader.SPARSE));
        layer.data.write(0, layer.header().encode());
        layer.data.truncate(layer.dataEndBytes());
        layer.data.sync();
        layer.data.syncDirectory();
        layer.log.file().syncDirectory();
        return layer;
    }

    static SparseLayer open(LayerPair files, LayerHeader header) throws IOException {
        SparseLayer layer = new SparseLayer(files, header);
        if (!layer.log.isEmpty()) {
            layer.replay(SparseLayer::isZeroRecord);
        }
        if (layer.data.sizeBytes() < layer.dataEndBytes()) {
            layer.data.truncate(layer.dataEndBytes());
        }
        layer.blocks.data(LayerHeader.BYTES, layer.dataEndBytes(), layer::mapExtent);
        return layer;
    }

    /** Zeros may lie beyond the end of the disk, which is made larger after them. */
    private static boolean isZeroRecord(long low, long high) {
        return SegmentMapping.isZeroed(high)
                && SegmentMapping.lengthSectors(low) > 0
                && SegmentMapping.mappedSector(high) >= FIRST_DATA_SECTOR;
    }

    private void mapExtent(long fileFromBytes, long fileToBytes) {
        long from = Sectors.containing(fileFromBytes) - FIRST_DATA_SECTOR;
        long length = Sectors.containing(fileToBytes - fileFromBytes);
        map(from, length, SegmentMapping.MAX_LENGTH_SECTORS, false);
    }

    private void map(long offsetSectors, long lengthSectors, int pieceSectors, boolean zeroed) {
        long end = offsetSectors + lengthSectors;
        for (long at = offsetSectors; at < end; at += pieceSectors) {
            int piece = (int) Math.min(pieceSectors, end - at);
            index.insert(SegmentMapping.low(at, piece), SegmentMapping.high(at + FIRST_DATA_SECTOR, zeroed, 0));
        }
    }

    @Override
    public Kind kind() {
        return Kind.SPARSE;
    }

    @Override
    boolean readData(long fileAtBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        return inPlace.read(fileAtBytes, dst, mayWait, appending, this::readFile);
    }

    private boolean readFile(long fileAtBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        if (mayWait) {
            data.readFully(fileAtBytes, dst);
            return true;
        }
        return data.tryReadFully(fileAtBytes, dst);
    }

    @Override
    long reclaims() {
        return 0;
    }

    @Override
    void standOn(StackReader lowers) {
        blocks.standOn(lowers);
    }

    @Override
    void writePiece(long offsetBytes, ByteBuffer piece) throws IOException {
        int length = piece.remaining();
        appending.lock();
        try {
            fill(offsetBytes, length);
            change(LayerHeader.BYTES + offsetBytes, length, () -> data.write(LayerHeader.BYTES + offsetBytes, piece));
            map(
                    Sectors.containing(offsetBytes),
                    Sectors.containing(length),
                    MAX_PIECE_BYTES / BlockDevice.SECTOR_BYTES,
                    false);
        } finally {
            appending.unlock();
        }
    }

    private void fill(long offsetBytes, int length) throws IOException {
        for (SparseBlocks.Block block : blocks.cut(offsetBytes, offsetBytes + length, sizeBytes(), snapshot())) {
            long at = LayerHeader.BYTES + block.offsetBytes();
            change(at, block.content().remaining(), () -> data.write(at, block.content()));
            map(
                    Sectors.containing(block.offsetBytes()),
                    Sectors.containing(block.content().limit()),
                    SegmentMapping.MAX_LENGTH_SECTORS,
                    false);
        }
    }

    /** Changes a range of the data file beside readers, and tells the next flush. */
    private void change(long fileAtBytes, long lengthBytes, SharedFlush.Action change) throws IOException {
        boolean done = false;
        state.check();
        inPlace.begin(fileAtBytes, lengthBytes);
        try {
            change.run();
            done = true;
        } finally {
            inPlace.end(fileAtBytes, lengthBytes);
            dataIsKnown &= done;
            flushes.changed();
        }
    }

    @Override
    void discardSectors(long offsetSectors, long lengthSectors) throws IOException {
        appending.lock();
        try {
            if (log.isEmpty()) {
                log.writeHeader(WritableHeaders.forIndex(header()));
                // A record may reach the disk alone, and a file without its header could not be opened.
                log.sync(state);
            }
            log.append(zeroRecords(offsetSectors, lengthSectors), state);
            if (!dataIsKnown || snapshot().hasData(offsetSectors, offsetSectors + lengthSectors)) {
                log.sync(state);
                long at = LayerHeader.BYTES + Sectors.toBytes(offsetSectors);
                long length = Sectors.toBytes(lengthSectors);
                change(at, length, () -> blocks.empty(at, length));
            }
            map(offsetSectors, lengthSectors, SegmentMapping.MAX_LENGTH_SECTORS, true);
            flushes.changed();
        } finally {
            appending.unlock();
        }
    }

    private static RecordBatch zeroRecords(long offsetSectors, long lengthSectors) {
        RecordBatch batch = new RecordBatch();
        long end = offsetSectors + lengthSectors;
        for (long at = offsetSectors; at < end; at += SegmentMapping.MAX_LENGTH_SECTORS) {
            int piece = (int) Math.min(SegmentMapping.MAX_LENGTH_SECTORS, end - at);
            batch.add(SegmentMapping.low(at, piece), SegmentMapping.high(at + FIRST_DATA_SECTOR, true, 0));
        }
        return batch;
    }

    @Override
    void makeDurable() throws IOException {
        IndexSnapshot segments;
        long logEndBytes;
        appending.lock();
        try {
            segments = snapshot();
            logEndBytes = log.endBytes();
        } finally {
            appending.unlock();
        }
        state.sync(data);
        if (logEndBytes > log.settledEndBytes()) {
            state.sync(log.file());
            synced(logEndBytes);
        }
        if (log.isLong()) {
            // A record goes when its range was written since: these segments and their data are durable.
            background.start(stopped -> LogCompaction.run(this, segments, logEndBytes, stopped));
        }
    }

    private void synced(long logEndBytes) {
        appending.lock();
        try {
            log.synced(logEndBytes);
        } finally {
            appending.unlock();
        }
    }

    /** What an earlier process left behind the image, an index above all, must not become part of it. */
    @Override
    void grow(long virtualSizeBytes) throws IOException {
        data.truncate(dataEndBytes());
        data.truncate(LayerHeader.BYTES + virtualSizeBytes);
        WritableHeaders.rewriteVirtualSize(data, virtualSizeBytes, state);
    }

    @Override
    IndexSnapshot keep() {
        return snapshot();
    }

    /** The whole image, whatever of it is there. */
    @Override
    long dataEndBytes() {
        return LayerHeader.BYTES + sizeBytes();
    }
}
