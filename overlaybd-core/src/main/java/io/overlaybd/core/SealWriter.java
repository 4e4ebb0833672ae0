package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.core.index.TooManySegmentsException;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finishes the data file of a writable layer where it lies: index and trailer are appended, the header stays. The index is not
 * joined; it is filled up with zeros to whole sectors, which do not count as entries.
 */
final class SealWriter {

    private static final int PIECE_BYTES = 64 * 1024;

    private SealWriter() {}

    /**
     * Writes from {@code indexOffsetBytes} on, cuts off what the file has beyond, and makes it durable. If it throws, nothing
     * before that byte has changed.
     */
    static SealedLayer seal(LayerFile data, LayerHeader header, long indexOffsetBytes, IndexSnapshot index)
            throws IOException {
        if (index.size() > LayerWriter.MAX_ENTRIES) {
            throw new TooManySegmentsException(data.name(), LayerWriter.MAX_ENTRIES);
        }
        int flags = header.flags() & ~LayerHeader.HEADER | LayerHeader.SEALED;
        LayerHeader trailer = new LayerIdentity(
                        header.virtualSizeBytes(), header.uuid(), header.parentUuid(), UserTag.NONE)
                .trailer(flags, indexOffsetBytes, index.size());
        long trailerAt = writeIndex(data, indexOffsetBytes, index);
        data.write(trailerAt, trailer.encode());
        long sizeBytes = trailerAt + LayerHeader.BYTES;
        data.truncate(sizeBytes);
        data.sync();
        return new SealedLayer(data.source(sizeBytes, true), header, trailer, index.toLayerIndex());
    }

    private static long writeIndex(LayerFile data, long indexOffsetBytes, IndexSnapshot index) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long at = indexOffsetBytes;
        for (IndexSnapshot.Cursor cursor = index.endingAfter(0); !cursor.isEnd(); cursor.advance()) {
            piece.putLong(cursor.low()).putLong(cursor.high());
            if (!piece.hasRemaining()) {
                data.write(at, piece.flip());
                at += PIECE_BYTES;
                piece.clear();
            }
        }
        while (piece.position() % BlockDevice.SECTOR_BYTES != 0) {
            piece.putLong(0);
        }
        int last = piece.flip().remaining();
        data.write(at, piece);
        return at + last;
    }
}
