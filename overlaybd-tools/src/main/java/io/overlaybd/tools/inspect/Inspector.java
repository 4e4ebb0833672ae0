package io.overlaybd.tools.inspect;

import io.overlaybd.core.SealedLayer;
import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.core.index.LayerIndex;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.SliceSource;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.zfile.ZFile;
import io.overlaybd.zfile.ZFileHeader;
import io.overlaybd.zfile.ZFileSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Takes a file apart from the outside in: tar, ZFile, layer. The first thing that is wrong ends it, and what was found until
 * then stays. Nothing is changed and nothing is locked: of a layer that is being written it tells a moment. One object is
 * one file. Thread-confined.
 */
public final class Inspector {

    /** Writers of layers put no more entries into one; the original opens no more. */
    private static final int MAX_ENTRIES = 1_000_000;

    private static final byte[] ZFILE_MAGIC = "ZFile\0\1".getBytes(StandardCharsets.ISO_8859_1);

    private final BlobSource file;
    private final Optional<BlobSource> indexFile;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private FileKind kind = FileKind.UNKNOWN;
    private Inspection.Tar tar;
    private Inspection.Compressed zfile;
    private LayerHeader header;
    private Inspection.Segments segments;
    private BlobSource content;

    private Inspector(BlobSource file, Optional<BlobSource> indexFile) {
        this.file = file;
        this.indexFile = indexFile;
        this.content = file;
    }

    /**
     * Looks at a file, which stays the caller's.
     *
     * @param indexFile the index file of the writable layer that {@code file} is the data file of
     * @throws IOException if the file cannot be read; what is wrong with its bytes is in the answer
     */
    public static Inspection inspect(BlobSource file, Optional<BlobSource> indexFile) throws IOException {
        Inspector inspector = new Inspector(file, indexFile);
        inspector.takeApart();
        return inspector.inspection(false);
    }

    /** The same, and reads every byte; {@code progress} is told how many of {@link Inspection#sizeBytes}. */
    public static Inspection inspectDeep(BlobSource file, Optional<BlobSource> indexFile, LongConsumer progress)
            throws IOException {
        Inspector inspector = new Inspector(file, indexFile);
        inspector.takeApart();
        int blockBytes = inspector.zfile == null ? LayerHeader.BYTES : inspector.zfile.blockSizeBytes();
        if (inspector.problems.isEmpty()) {
            inspector.problems.addAll(DeepCheck.run(inspector.content, blockBytes, file.sizeBytes(), progress));
        }
        return inspector.inspection(true);
    }

    private Inspection inspection(boolean deep) {
        return new Inspection(
                file.name(),
                file.sizeBytes(),
                kind,
                deep,
                Optional.ofNullable(tar),
                Optional.ofNullable(zfile),
                Optional.ofNullable(header),
                Optional.ofNullable(segments),
                List.copyOf(problems),
                List.copyOf(notes));
    }

    private void takeApart() throws IOException {
        try {
            openTar();
            openZFile();
            openLayer();
        } catch (CorruptFormatException e) {
            problems.add(withoutName(e.getMessage()));
        } catch (EOFException e) {
            problems.add(withoutName(e.getMessage()) + ": the file is cut");
        }
        if (indexFile.isPresent() && problems.isEmpty()) {
            checkThatItHasAnIndexFile();
        }
    }

    private void checkThatItHasAnIndexFile() {
        if (kind == FileKind.SEALED) {
            notes.add("is sealed, so its index file is not needed any more");
        } else if (!kind.isWritable()) {
            problems.add("is no data file of a writable layer, so it has no index file");
        }
    }

    private String withoutName(String message) {
        String prefix = file.name() + ": ";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }

    private void openTar() throws IOException {
        content = TarWrapper.unwrap(file);
        if (content instanceof SliceSource slice) {
            tar = new Inspection.Tar(slice.startBytes(), slice.sizeBytes());
        }
    }

    private void openZFile() throws IOException {
        if (!ZFile.probe(content)) {
            refuseHeadlessZFile();
            return;
        }
        long storedBytes = content.sizeBytes();
        ZFileSource plain = ZFile.open(content);
        ZFileHeader found = plain.header();
        zfile = new Inspection.Compressed(
                found.options().codec().name().toLowerCase(Locale.ROOT),
                found.options().blockSizeBytes(),
                found.options().checksums(),
                found.isTrailer(),
                found.blockCount(),
                found.plainBytes(),
                storedBytes);
        if (!found.options().checksums()) {
            notes.add("has no checksums: damage to a block may go unseen");
        }
        content = plain;
    }

    private void refuseHeadlessZFile() throws IOException {
        if (content.sizeBytes() < ZFILE_MAGIC.length) {
            return;
        }
        ByteBuffer head = ByteBuffer.allocate(ZFILE_MAGIC.length);
        content.readFully(0, head);
        if (head.flip().equals(ByteBuffer.wrap(ZFILE_MAGIC))) {
            throw new CorruptFormatException(file.name(), 0, "begins as a ZFile does, but not with a whole header");
        }
    }

    private void openLayer() throws IOException {
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
                    file.name(), 0, "flags", "0x1 set, a header", "0x" + Integer.toHexString(header.flags()));
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
        return LayerHeader.decode(block.flip(), file.name(), atBytes);
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
        if (tar != null || zfile != null) {
            notes.add("a writable layer cannot be used inside a tar or a ZFile; take it out first");
        }
        if (header.virtualSizeBytes() < 0) {
            throw new CorruptFormatException(
                    file.name(),
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
            throw new CorruptFormatException(index.name(), 0, "uuid, as in " + file.name(), header.uuid(), own.uuid());
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
