package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The headers of the two files of a writable layer, which say the same but for flags and {@code index_offset}. */
final class WritableHeaders {

    private WritableHeaders() {}

    static LayerHeader forData(LayerIdentity identity, int kindFlags) {
        return of(identity, LayerHeader.HEADER | LayerHeader.DATA_FILE | kindFlags, 0);
    }

    static LayerHeader forIndex(LayerHeader data) {
        int flags = data.flags() & ~(LayerHeader.DATA_FILE | LayerHeader.SPARSE);
        return new LayerHeader(
                flags, LayerHeader.BYTES, 0, data.virtualSizeBytes(), data.uuid(), data.parentUuid(), data.userTag());
    }

    private static LayerHeader of(LayerIdentity identity, int flags, long indexOffsetBytes) {
        return new LayerHeader(
                flags,
                indexOffsetBytes,
                0,
                identity.virtualSizeBytes(),
                identity.uuid(),
                identity.parentUuid(),
                identity.userTag());
    }

    /** The first block of a file, decoded; its flags are not looked at. */
    static LayerHeader read(LayerFile file) throws IOException {
        if (file.sizeBytes() < LayerHeader.BYTES) {
            throw new CorruptFormatException(
                    file.name(),
                    0,
                    "length of a file of a writable layer",
                    "at least " + LayerHeader.BYTES + " bytes, a header",
                    file.sizeBytes());
        }
        ByteBuffer block = ByteBuffer.allocate(LayerHeader.BYTES);
        file.readFully(0, block);
        LayerHeader header = LayerHeader.decode(block.flip(), file.name(), 0);
        if (header.virtualSizeBytes() < 0) {
            throw new CorruptFormatException(
                    file.name(),
                    0,
                    "virtual_size of the header",
                    "at most " + Long.MAX_VALUE,
                    Long.toUnsignedString(header.virtualSizeBytes()));
        }
        return header;
    }

    /** @throws CorruptFormatException if this is not the data file of a writable layer */
    static LayerHeader readData(LayerFile file) throws IOException {
        LayerHeader header = read(file);
        boolean right = header.has(LayerHeader.HEADER | LayerHeader.DATA_FILE)
                && !header.has(LayerHeader.SEALED)
                && !header.has(LayerHeader.SPARSE | LayerHeader.HYBRID);
        if (!right) {
            throw new CorruptFormatException(
                    file.name(),
                    0,
                    "flags of the data file of a writable layer",
                    "0x3 set, 0x4 not, and not both 0x10 and 0x20",
                    "0x" + Integer.toHexString(header.flags()));
        }
        return header;
    }

    /** @throws CorruptFormatException if this is not the index file of a writable layer */
    static LayerHeader readIndex(LayerFile file) throws IOException {
        LayerHeader header = read(file);
        boolean right = header.has(LayerHeader.HEADER)
                && (header.flags() & (LayerHeader.DATA_FILE | LayerHeader.SEALED)) == 0
                && header.indexOffsetBytes() == LayerHeader.BYTES;
        if (!right) {
            throw new CorruptFormatException(
                    file.name(),
                    0,
                    "flags and index_offset of the index file of a writable layer",
                    "0x1 set, 0x2 and 0x4 not, " + LayerHeader.BYTES,
                    "0x" + Integer.toHexString(header.flags()) + ", "
                            + Long.toUnsignedString(header.indexOffsetBytes()));
        }
        return header;
    }

    /** Overwrites the size alone: eight bytes within one sector, so that a crash leaves the one or the other. */
    static void rewriteVirtualSize(LayerFile file, long virtualSizeBytes, LayerState state) throws IOException {
        ByteBuffer field = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.write(
                LayerHeader.VIRTUAL_SIZE_OFFSET, field.putLong(virtualSizeBytes).flip());
        state.sync(file);
    }
}
