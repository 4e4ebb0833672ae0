package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.index.IndexSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The append-only layer that overwrites in place what it has already: same files, same log, and one flag more in their headers. Of
 * a write, each part over data of this layer goes where that lies, without a record; what is between, over zeros or over
 * nothing, is appended, with a record for each part. Discards are as in the append-only layer, and their space is not used
 * again.
 *
 * <p>After a power loss a sector that was overwritten and not flushed is as before or as written, as on any disk.
 *
 * <p>Data that was there when the layer was frozen is never overwritten afterwards: new data is appended then.
 */
final class HybridLayer extends LogLayer {

    /** One change at a time: what is planned from the index must still hold when it is done. Comes before all other locks. */
    private final ReentrantLock changing = new ReentrantLock();

    private final InPlaceWrites inPlace = new InPlaceWrites();
    private long keptToSector;

    HybridLayer(LayerPair files, LayerHeader header) {
        super(files, header);
    }

    @Override
    public Kind kind() {
        return Kind.HYBRID;
    }

    @Override
    boolean readData(long fileAtBytes, ByteBuffer dst, boolean mayWait) throws IOException {
        return inPlace.read(fileAtBytes, dst, mayWait, changing, super::readData);
    }

    @Override
    void writePiece(long offsetBytes, ByteBuffer piece) throws IOException {
        changing.lock();
        try {
            writeParts(offsetBytes, piece);
        } finally {
            changing.unlock();
        }
    }

    private void writeParts(long offsetBytes, ByteBuffer piece) throws IOException {
        long end = offsetBytes + piece.remaining();
        long at = offsetBytes;
        IndexSnapshot.Cursor segment = snapshot().endingAfter(Sectors.containing(at));
        for (; at < end && !segment.isEnd(); segment.advance()) {
            long segmentStart = Sectors.toBytes(segment.offsetSectors());
            long from = Math.min(end, Math.max(at, segmentStart));
            appendUpTo(from, at, piece);
            at = Math.max(from, Math.min(end, Sectors.toBytes(segment.endSectors())));
            if (isOverwritten(segment)) {
                overwrite(Sectors.toBytes(segment.mappedSector()) + from - segmentStart, next(piece, at - from));
            } else {
                appendUpTo(at, from, piece);
            }
        }
        appendUpTo(end, at, piece);
    }

    private boolean isOverwritten(IndexSnapshot.Cursor segment) {
        return !segment.isZeroed() && segment.mappedSector() >= keptToSector;
    }

    private void appendUpTo(long toBytes, long fromBytes, ByteBuffer piece) throws IOException {
        if (fromBytes < toBytes) {
            append(fromBytes, next(piece, toBytes - fromBytes));
        }
    }

    private static ByteBuffer next(ByteBuffer piece, long length) {
        ByteBuffer part = piece.slice(piece.position(), (int) length);
        piece.position(piece.position() + (int) length);
        return part;
    }

    private void overwrite(long fileAtBytes, ByteBuffer part) throws IOException {
        int length = part.remaining();
        if (length == 0) {
            return;
        }
        state.check();
        inPlace.begin(fileAtBytes, length);
        try {
            data.write(fileAtBytes, part);
        } finally {
            inPlace.end(fileAtBytes, length);
            flushes.changed();
        }
    }

    @Override
    void discardSectors(long offsetSectors, long lengthSectors) throws IOException {
        changing.lock();
        try {
            super.discardSectors(offsetSectors, lengthSectors);
        } finally {
            changing.unlock();
        }
    }

    @Override
    IndexSnapshot keep() {
        changing.lock();
        try {
            keptToSector = Sectors.containing(dataEndBytes());
            return super.keep();
        } finally {
            changing.unlock();
        }
    }
}
