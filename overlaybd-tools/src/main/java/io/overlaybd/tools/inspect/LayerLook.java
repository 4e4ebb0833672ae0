package io.overlaybd.tools.inspect;

import io.overlaybd.core.SealedLayer;
import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The innermost part of an {@link Inspector}: what is in a file from which tar and compression are off. If it throws, what it
 * had found by then stays. Thread-confined.
 */
final class LayerLook {

    /** Writers of layers put no more entries into one; the original opens no more. */
    private static final int MAX_ENTRIES = 1_000_000;

    private final BlobSource content;
    private final boolean wrapped;
    private final Optional<BlobSource> indexFile;
    private final List<String> notes;
    private FileKind kind = FileKind.UNKNOWN;
    private LayerHeader header;
    private Inspection.Segments segments;

    /** {@code wrapped} says whether something was taken off; {@code notes} gets what is worth knowing. */
    LayerLook(BlobSource content, boolean wrapped, Optional<BlobSource> indexFile, List<String> notes) {
        this.content = content;
        this.wrapped = wrapped;
        this.indexFile = indexFile;
        this.notes = notes;
    }

    FileKind kind() {
        return kind;
    }

    Optional<LayerHeader> header() {
        return Optional.ofNullable(header);
    }

    Optional<Inspection.Segments> segments() {
        return Optional.ofNullable(segments);
    }

    /**
     * Looks.
     *
     * @throws CorruptFormatException for the first thing that is wrong
     */
    void open() throws IOException {
        if (content.sizeBytes() == 0) {
            kind = FileKind.EMPTY;
            notes.add("an index file of a sparse writable layer looks so until something is discarded");
            return;
        }
        if (!SealedLayer.probe(content)) {
            kind = FileKind.RAW;
            return;
        }
        header = readHeader(0);
        if (!header.has(LayerHeader.HEADER)) {
            throw new CorruptFormatException(
                    content.name(), 0, "flags", "0x1 set, a header", "0x" + Integer.toHexString(header.flags()));
        }
        if (!header.has(LayerHeader.DATA_FILE)) {
            kind = FileKind.INDEX;
            RecordScan scan = scanRecords(content, RecordScan.ANY_PLACE);
            count(scan.segments(), scan.records(), 0);
        } else if (header.has(LayerHeader.SEALED) || endsSealed()) {
            openSealed(header.has(LayerHeader.SEALED) ? FileKind.COMMITTED : FileKind.SEALED);
        } else {
            openWritable();
        }
    }

    private LayerHeader readHeader(long atBytes) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(LayerHeader.BYTES);
        content.readFully(atBytes, block);
        return LayerHeader.decode(block.flip(), content.name(), atBytes);
    }

    /** The header of a file that was sealed where it lies still says that it is being written. */
    private boolean endsSealed() throws IOException {
        long at = content.sizeBytes() - LayerHeader.BYTES;
        if (at < LayerHeader.BYTES) {
            return false;
        }
        try {
            LayerHeader trailer = readHeader(at);
            return trailer.has(LayerHeader.SEALED) && !trailer.has(LayerHeader.HEADER);
        } catch (CorruptFormatException noTrailer) {
            return false;
        }
    }

    private void openSealed(FileKind sealedKind) throws IOException {
        kind = sealedKind;
        SealedLayer layer = SealedLayer.open(content);
        if (!layer.trailer().uuid().equals(header.uuid())) {
            notes.add("uuid: " + header.uuid() + " in the header, which does not count");
        }
        header = layer.trailer();
        count(layer.index(), header.indexEntries(), header.indexOffsetBytes());
        if (header.indexEntries() > MAX_ENTRIES) {
            notes.add("more than " + MAX_ENTRIES + " index entries: the original cannot open it");
        }
    }

    private void openWritable() throws IOException {
        boolean sparse = header.has(LayerHeader.SPARSE);
        kind = sparse ? FileKind.SPARSE : header.has(LayerHeader.HYBRID) ? FileKind.HYBRID : FileKind.LOG;
        if (wrapped) {
            notes.add("a writable layer cannot be used inside a tar or a ZFile; take it out first");
        }
        if (header.virtualSizeBytes() < 0) {
            throw new CorruptFormatException(
                    content.name(),
                    LayerHeader.VIRTUAL_SIZE_OFFSET,
                    "virtual_size",
                    "at most " + Long.MAX_VALUE,
                    Long.toUnsignedString(header.virtualSizeBytes()));
        }
        RecordScan records = indexFile.isPresent() ? openIndexFile(sparse) : RecordScan.NONE;
        if (sparse) {
            countExtents(records);
        } else if (indexFile.isPresent()) {
            count(records.segments(), records.records(), content.sizeBytes());
        } else {
            notes.add("what is where in it stands in its index file; name that with --index");
        }
    }

    private RecordScan openIndexFile(boolean sparse) throws IOException {
        BlobSource index = indexFile.get();
        if (sparse && index.sizeBytes() == 0) {
            return RecordScan.NONE;
        }
        LayerHeader own = RecordScan.readHeader(index);
        if (!own.uuid().equals(header.uuid())) {
            throw new CorruptFormatException(
                    index.name(), 0, "uuid, as in " + content.name(), header.uuid(), own.uuid());
        }
        if (own.virtualSizeBytes() != header.virtualSizeBytes() && !sparse) {
            notes.add("size: " + own.virtualSizeBytes() + " bytes in the index file, which counts on opening");
        }
        return scanRecords(index, sparse ? RecordScan.ANY_PLACE : content.sizeBytes());
    }

    /** The file system knows what was written, the records what was discarded. */
    private void countExtents(RecordScan records) throws IOException {
        if (!(content instanceof FileSource image)) {
            return;
        }
        long dataBytes = 0;
        int extents = 0;
        for (long at = LayerHeader.BYTES; at < image.sizeBytes(); extents++) {
            long start = image.nextData(at);
            if (start < 0) {
                break;
            }
            at = image.nextHole(start);
            dataBytes += at - start;
        }
        Inspection.Segments zeroed = new SegmentCount(records.segments(), 0, notes).count(records.records(), 0);
        segments =
                new Inspection.Segments(zeroed.entries(), extents + zeroed.count(), dataBytes, zeroed.zeroedBytes(), 0);
    }

    private RecordScan scanRecords(BlobSource index, long dataBytes) throws IOException {
        RecordScan scan = RecordScan.of(index, dataBytes);
        if (scan.droppedBytes() > 0) {
            notes.add(scan.droppedBytes() + " bytes at the end of " + index.name()
                    + " are no records; they are cut off when the layer is opened for writing");
        }
        if (scan.provisional() > 0) {
            notes.add(scan.provisional() + " records are of writes that no flush has covered yet");
        }
        return scan;
    }

    private void count(LayerIndex index, long entries, long dataEndBytes) {
        segments = new SegmentCount(index, header.virtualSizeBytes(), notes).count(entries, dataEndBytes);
    }
}
