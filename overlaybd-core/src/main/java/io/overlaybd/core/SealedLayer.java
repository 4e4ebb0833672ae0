package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One finished layer: header, data, index, trailer in one file. Opening checks all that can be checked without the data:
 * afterwards every segment lies within the data of the file, so that its place in bytes cannot overflow.
 *
 * <p>Opens what the original opens, and more entries than it: {@link io.overlaybd.core.index.MergedIndex#MAX_SEGMENTS} if
 * the file really holds them.
 *
 * <p>Thread-safety: immutable; reads go to the source.
 */
public final class SealedLayer implements Closeable {

    private static final int SEALED_DATA = LayerHeader.DATA_FILE | LayerHeader.SEALED;

    private final BlobSource source;
    private final LayerHeader header;
    private final LayerHeader trailer;
    private final LayerIndex index;

    /** For who knows that all of this is so; everybody else opens. */
    SealedLayer(BlobSource source, LayerHeader header, LayerHeader trailer, LayerIndex index) {
        this.source = source;
        this.header = header;
        this.trailer = trailer;
        this.index = index;
    }

    /** Whether the source begins as a layer does; false as well if it is too short to say. */
    public static boolean probe(BlobSource source) throws IOException {
        return source.sizeBytes() >= LayerHeader.BYTES && LayerHeader.hasMagic(readBlock(source, 0));
    }

    /**
     * Opens a layer, from which tar and compression have been taken off. Takes over {@code source} if it returns; if it
     * throws, the caller still owns it.
     *
     * @throws CorruptFormatException if this is no sealed layer, or its index is damaged
     */
    public static SealedLayer open(BlobSource source) throws IOException {
        if (source.sizeBytes() < 2 * LayerHeader.BYTES) {
            throw new CorruptFormatException(
                    source.name(),
                    0,
                    "length of a layer",
                    "at least " + 2 * LayerHeader.BYTES + " bytes, a header and a trailer",
                    source.sizeBytes());
        }
        LayerHeader header = LayerHeader.decode(readBlock(source, 0), source.name(), 0);
        checkFlags(source, 0, "header", header.has(LayerHeader.HEADER | LayerHeader.DATA_FILE), header);
        long trailerAt = source.sizeBytes() - LayerHeader.BYTES;
        LayerHeader trailer = LayerHeader.decode(readBlock(source, trailerAt), source.name(), trailerAt);
        boolean sealed = trailer.has(SEALED_DATA) && !trailer.has(LayerHeader.HEADER);
        checkFlags(source, trailerAt, "trailer of a sealed layer", sealed, trailer);
        checkVirtualSize(source, trailerAt, trailer);
        return new SealedLayer(source, header, trailer, IndexReader.read(source, trailer, trailerAt));
    }

    private static ByteBuffer readBlock(BlobSource source, long atBytes) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(LayerHeader.BYTES);
        source.readFully(atBytes, block);
        return block.flip();
    }

    private static void checkFlags(BlobSource source, long at, String what, boolean right, LayerHeader found)
            throws CorruptFormatException {
        if (!right) {
            throw new CorruptFormatException(
                    source.name(),
                    at,
                    "flags of the " + what,
                    what.equals("header") ? "0x3 set" : "0x6 set and 0x1 not",
                    "0x" + Integer.toHexString(found.flags()));
        }
    }

    private static void checkVirtualSize(BlobSource source, long at, LayerHeader trailer)
            throws CorruptFormatException {
        if (trailer.virtualSizeBytes() < 0) {
            throw new CorruptFormatException(
                    source.name(),
                    at,
                    "virtual_size of the trailer",
                    "at most " + Long.MAX_VALUE,
                    Long.toUnsignedString(trailer.virtualSizeBytes()));
        }
    }

    /** What an error message calls this layer. */
    public String name() {
        return source.name();
    }

    /** The block at the start; its index fields mean nothing. */
    public LayerHeader header() {
        return header;
    }

    /** The block at the end: size, uuids and index as they became. */
    public LayerHeader trailer() {
        return trailer;
    }

    /** Which bytes are where. */
    public LayerIndex index() {
        return index;
    }

    /** The whole file. */
    public BlobSource source() {
        return source;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
