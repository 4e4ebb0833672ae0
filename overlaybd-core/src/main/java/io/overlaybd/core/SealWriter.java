package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.core.index.IndexSnapshot;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.core.index.TooManySegmentsException;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finishes the data file of a writable layer where it lies: index and trailer are appended, the header stays. The index is
 * filled up with zeros to whole sectors, which do not count as entries.
 */
final class SealWriter {

    private static final int PIECE_BYTES = 64 * 1024;

    private SealWriter() {}

    /**
     * Writes from {@code indexOffsetBytes} on, cuts off what the file has beyond, makes it durable and publishes it. If it throws,
     * nothing before that byte has changed, and nothing is left after it.
     */
    static SealedLayer seal(
            LayerFile data,
            LayerHeader header,
            long indexOffsetBytes,
            IndexSnapshot index,
            LayerState state,
            Publication publication)
            throws IOException {
        LayerIndex entries = fitting(data.name(), index);
        try {
            SealedLayer sealed = append(data, header, indexOffsetBytes, entries, state);
            publication.publish();
            return sealed;
        } catch (IOException | RuntimeException e) {
            takeBack(data, indexOffsetBytes, e);
            throw e;
        }
    }

    private static void takeBack(LayerFile data, long indexOffsetBytes, Exception cause) {
        try {
            data.truncate(indexOffsetBytes);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Neighbours are joined only if there is no other way, as the original never joins them here. */
    private static LayerIndex fitting(String name, IndexSnapshot index) throws TooManySegmentsException {
        LayerIndex all = index.toLayerIndex();
        return all.size() <= LayerWriter.MAX_ENTRIES ? all : all.joined(name, LayerWriter.MAX_ENTRIES);
    }

    private static SealedLayer append(
            LayerFile data, LayerHeader header, long indexOffsetBytes, LayerIndex index, LayerState state)
            throws IOException {
        int flags = header.flags() & ~LayerHeader.HEADER | LayerHeader.SEALED;
        LayerHeader trailer = new LayerIdentity(
                        header.virtualSizeBytes(), header.uuid(), header.parentUuid(), UserTag.NONE)
                .trailer(flags, indexOffsetBytes, index.size());
        long trailerAt = writeIndex(data, indexOffsetBytes, index);
        data.write(trailerAt, trailer.encode());
        long sizeBytes = trailerAt + LayerHeader.BYTES;
        data.truncate(sizeBytes);
        state.sync(data);
        return new SealedLayer(new LayerFileSource(data, sizeBytes, true), header, trailer, index);
    }

    private static long writeIndex(LayerFile data, long indexOffsetBytes, LayerIndex index) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long at = indexOffsetBytes;
        for (int i = 0; i < index.size(); i++) {
            piece.putLong(index.low(i)).putLong(index.high(i));
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
