package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

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
 * <p>A record is durable before its hole is punched: after a power loss a discarded sector is as before or zero.
 *
 * <p>Holes come in blocks of the file system. A sector that was never written, beside one that was, reads as zeros once the
 * layer was opened anew, as in the original.
 */
final class SparseLayer extends WritableLayer {

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 * 1024);

    /** One change at a time; guards the log. */
    private final ReentrantLock changing = new ReentrantLock();

    private SparseLayer(LayerFile data, IndexLog log, LayerHeader header) {
        super(data, log, header);
    }

    static SparseLayer create(LayerFile data, IndexLog log, LayerIdentity identity) throws IOException {
        LayerHeader header = WritableHeaders.forData(identity, LayerHeader.SPARSE);
        SparseLayer layer = new SparseLayer(data, log, header);
        data.write(0, header.encode());
        data.truncate(layer.dataEndBytes());
        data.sync();
        data.syncDirectory();
        log.file().syncDirectory();
        return layer;
    }

    static SparseLayer open(LayerFile data, IndexLog log, LayerHeader header) throws IOException {
        SparseLayer layer = new SparseLayer(data, log, header);
        if (!log.isEmpty()) {
            layer.replay(layer::take);
        }
        if (data.sizeBytes() < layer.dataEndBytes()) {
            data.truncate(layer.dataEndBytes());
        }
        layer.mapExtents();
        return layer;
    }

    private boolean take(long low, long high) {
        boolean good = SegmentMapping.isZeroed(high)
                && SegmentMapping.lengthSectors(low) > 0
                && SegmentMapping.mappedSector(high) >= FIRST_DATA_SECTOR
                && SegmentMapping.mappedSector(high) <= Sectors.containing(dataEndBytes());
        if (good) {
            index.insert(low, SegmentMapping.untagged(high));
        }
        return good;
    }

    private void mapExtents() throws IOException {
        long end = dataEndBytes();
        long start = data.descriptor().nextData(LayerHeader.BYTES);
        while (start >= 0 && start < end) {
            long hole = Math.min(data.descriptor().nextHole(start), end);
            long from = Sectors.containing(start) - FIRST_DATA_SECTOR;
            map(from, Sectors.containing(hole) - FIRST_DATA_SECTOR - from, SegmentMapping.MAX_LENGTH_SECTORS, false);
            start = hole < end ? data.descriptor().nextData(hole) : end;
        }
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
    void writePiece(long offsetBytes, ByteBuffer piece) throws IOException {
        long sectors = Sectors.containing(piece.remaining());
        changing.lock();
        try {
            data.write(LayerHeader.BYTES + offsetBytes, piece);
            map(Sectors.containing(offsetBytes), sectors, MAX_PIECE_BYTES / BlockDevice.SECTOR_BYTES, false);
        } finally {
            changing.unlock();
        }
    }

    @Override
    void discardSectors(long offsetSectors, long lengthSectors) throws IOException {
        changing.lock();
        try {
            if (log.isEmpty()) {
                log.writeHeader(WritableHeaders.forIndex(header()));
            }
            log.append(zeroRecords(offsetSectors, lengthSectors));
            sync(log.file());
            punch(LayerHeader.BYTES + Sectors.toBytes(offsetSectors), Sectors.toBytes(lengthSectors));
            map(offsetSectors, lengthSectors, SegmentMapping.MAX_LENGTH_SECTORS, true);
            if (log.isLong()) {
                // A record goes when its range was written since: that must not be lost then.
                sync(data);
                compact(snapshot());
            }
        } finally {
            changing.unlock();
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

    /** Where the file system cannot punch holes, zeros do as well. */
    private void punch(long offsetBytes, long lengthBytes) throws IOException {
        try {
            data.descriptor().punchHole(offsetBytes, lengthBytes);
        } catch (IOException cannotPunch) {
            for (long done = 0; done < lengthBytes; done += ZEROS.capacity()) {
                int count = (int) Math.min(ZEROS.capacity(), lengthBytes - done);
                data.write(offsetBytes + done, ZEROS.duplicate().limit(count));
            }
        }
    }

    @Override
    public void flush() throws IOException {
        checkUsable();
        sync(data);
    }

    @Override
    void release(boolean forGood) {}

    @Override
    void grow(long virtualSizeBytes) throws IOException {
        data.truncate(LayerHeader.BYTES + virtualSizeBytes);
        WritableHeaders.rewriteVirtualSize(data, virtualSizeBytes);
    }

    /** The whole image, whatever of it is there. */
    @Override
    long dataEndBytes() {
        return LayerHeader.BYTES + sizeBytes();
    }
}
