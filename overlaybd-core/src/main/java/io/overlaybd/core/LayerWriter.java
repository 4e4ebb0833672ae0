package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.core.index.SegmentCoalescer;
import io.overlaybd.core.index.TooManySegmentsException;
import io.overlaybd.io.BlobSink;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Streams a committed layer out, in ascending order of address, byte for byte as the original would:
 *
 * <pre>
 *  layer = header  data...  entry * index_size  trailer
 * </pre>
 *
 * Data is mapped in chunks of 64 sectors before neighbours are joined (which decides where long runs are cut), zeros are
 * mapped to the end of the data so far, and the index is padded to a multiple of 256 entries. Nothing is rewritten, so
 * the sink may be a stream. All that is held in memory is the index.
 *
 * <p>A gap between two calls is a hole: lower layers show through. Thread-confined.
 */
public final class LayerWriter implements Closeable {

    /** The most entries, padding and all, of a layer that the original opens. */
    public static final int MAX_ENTRIES = 1_000_000;

    private static final int PADDED_TO_ENTRIES = LayerHeader.BYTES / SegmentMapping.BYTES;
    private static final int MAX_SEGMENTS = MAX_ENTRIES / PADDED_TO_ENTRIES * PADDED_TO_ENTRIES;
    private static final int CHUNK_SECTORS = 64;

    private final BlobSink sink;
    private final LayerIdentity identity;
    private final SegmentCoalescer index;
    private long fileSector;
    private long nextSector;

    private LayerWriter(BlobSink sink, LayerIdentity identity) {
        this.sink = sink;
        this.identity = identity;
        this.index = new SegmentCoalescer(sink.name(), MAX_SEGMENTS);
    }

    /** Begins a layer in an empty sink. Takes over {@code sink} if it returns; if it throws, the caller still owns it. */
    public static LayerWriter create(BlobSink sink, LayerIdentity identity) throws IOException {
        LayerWriter writer = new LayerWriter(sink, identity);
        writer.append(identity.header().encode());
        return writer;
    }

    /**
     * Appends what the device has from {@code offsetSectors} on: all remaining bytes, whole sectors. How they are cut into
     * calls does not change the data; it changes the index unless cuts are at multiples of 32 KiB from where a segment
     * begins.
     *
     * @throws TooManySegmentsException if the original could not open the layer any more
     * @throws IllegalArgumentException if not whole sectors, or not after what was written before
     */
    public void data(long offsetSectors, ByteBuffer src) throws IOException {
        data(offsetSectors, src, 0);
    }

    void data(long offsetSectors, ByteBuffer src, int tag) throws IOException {
        if (!Sectors.isWhole(src.remaining())) {
            throw new IllegalArgumentException(
                    sink.name() + ": data of " + src.remaining() + " bytes is not whole sectors");
        }
        long end = advance(offsetSectors, Sectors.containing(src.remaining()));
        long chunkFileSector = fileSector;
        append(src);
        for (long chunk = offsetSectors; chunk < end; chunk += CHUNK_SECTORS) {
            int length = (int) Math.min(CHUNK_SECTORS, end - chunk);
            index.add(SegmentMapping.low(chunk, length), SegmentMapping.high(chunkFileSector, false, tag));
            chunkFileSector += length;
        }
    }

    /** Says that a range is zero, without storing anything; errors as for {@link #data}. */
    public void zero(long offsetSectors, long lengthSectors) throws IOException {
        zero(offsetSectors, lengthSectors, 0);
    }

    void zero(long offsetSectors, long lengthSectors, int tag) throws IOException {
        long end = advance(offsetSectors, lengthSectors);
        for (long piece = offsetSectors; piece < end; piece += SegmentMapping.MAX_LENGTH_SECTORS) {
            int length = (int) Math.min(SegmentMapping.MAX_LENGTH_SECTORS, end - piece);
            index.add(SegmentMapping.low(piece, length), SegmentMapping.high(fileSector, true, tag));
        }
    }

    private long advance(long offsetSectors, long lengthSectors) {
        boolean fits = offsetSectors >= nextSector
                && lengthSectors >= 0
                && lengthSectors <= SegmentMapping.INVALID_OFFSET_SECTORS - offsetSectors;
        if (!fits) {
            throw new IllegalArgumentException(sink.name() + ": " + lengthSectors + " sectors at sector "
                    + offsetSectors + ": expected at or after sector " + nextSector + " and before sector "
                    + SegmentMapping.INVALID_OFFSET_SECTORS);
        }
        nextSector = offsetSectors + lengthSectors;
        return nextSector;
    }

    private void append(ByteBuffer src) throws IOException {
        fileSector += Sectors.containing(src.remaining());
        sink.write(src);
    }

    /** Writes index and trailer and finishes the sink. */
    public void finish() throws IOException {
        int segments = index.finish();
        int entries = (segments + PADDED_TO_ENTRIES - 1) / PADDED_TO_ENTRIES * PADDED_TO_ENTRIES;
        ByteBuffer page = ByteBuffer.allocate(LayerHeader.BYTES);
        for (int entry = 0; entry < entries; entry += PADDED_TO_ENTRIES) {
            page.clear();
            index.encode(entry, page);
            sink.write(page.flip());
        }
        sink.write(identity.trailer(Sectors.toBytes(fileSector), entries).encode());
        sink.finish();
    }

    /** Closes the sink, which abandons the layer if {@link #finish()} was not reached. */
    @Override
    public void close() throws IOException {
        sink.close();
    }
}
