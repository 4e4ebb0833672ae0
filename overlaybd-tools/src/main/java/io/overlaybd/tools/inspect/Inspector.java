package io.overlaybd.tools.inspect;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
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

    private static final byte[] ZFILE_MAGIC = "ZFile\0\1".getBytes(StandardCharsets.ISO_8859_1);

    private final BlobSource file;
    private final Optional<BlobSource> indexFile;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private Inspection.Tar tar;
    private Inspection.Compressed zfile;
    private LayerLook layer;
    private BlobSource content;

    private Inspector(BlobSource file, Optional<BlobSource> indexFile) {
        this.file = file;
        this.indexFile = indexFile;
        this.content = file;
        this.layer = new LayerLook(file, false, indexFile, notes);
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
                layer.kind(),
                deep,
                Optional.ofNullable(tar),
                Optional.ofNullable(zfile),
                layer.header(),
                layer.segments(),
                List.copyOf(problems),
                List.copyOf(notes));
    }

    private void takeApart() throws IOException {
        try {
            openTar();
            openZFile();
            layer = new LayerLook(content, tar != null || zfile != null, indexFile, notes);
            layer.open();
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
        if (layer.kind() == FileKind.SEALED) {
            notes.add("is sealed, so its index file is not needed any more");
        } else if (!layer.kind().isWritable()) {
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
}
