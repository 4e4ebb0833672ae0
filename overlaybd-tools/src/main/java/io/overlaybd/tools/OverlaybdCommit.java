package io.overlaybd.tools;

import io.overlaybd.core.CommitOptions;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.SealedLayer;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a finished layer of a writable one; names, options and defaults as the original's. */
@picocli.CommandLine.Command(
        name = "overlaybd-commit",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Make a finished layer of a writable one.",
            "What was overwritten or discarded stays behind. With --seal, finish the data file where "
                    + "it lies; with --commit_sealed, do the rest with that file later: then the second name "
                    + "is the output."
        },
        footer = {
            "",
            "Examples:",
            "  overlaybd-commit -z -t writable_data writable_index overlaybd.commit",
            "  overlaybd-commit --seal writable_data writable_index",
            "  overlaybd-commit --commit_sealed -z -t overlaybd.sealed overlaybd.commit"
        })
public final class OverlaybdCommit extends Command {

    @Parameters(index = "0", paramLabel = "DATA", description = "Data file of the writable layer, or a sealed layer.")
    private Path data;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "INDEX",
            description = "Index file of the writable layer; with --commit_sealed, the layer to create.")
    private Path index;

    @Parameters(index = "2", arity = "0..1", paramLabel = "LAYER", description = "Layer to create.")
    private Path layer;

    @Option(names = "-m", paramLabel = "TEXT", defaultValue = "", description = "A text to keep in the layer.")
    private String tag;

    @Option(names = "--uuid", paramLabel = "UUID", description = "Name of the layer; by default none.")
    private String uuid;

    @Option(
            names = {"-p", "--parent-uuid"},
            paramLabel = "UUID",
            description = "Name of the layer below; by default as the writable layer was created.")
    private String parentUuid;

    @Option(names = "-z", description = "Compress it into a ZFile.")
    private boolean compress;

    @Option(names = "-t", description = "Wrap it in a tar.")
    private boolean tar;

    @Option(names = "-f", description = "Replace the layer if it exists.")
    private boolean replace;

    @Mixin
    private CompressionOptions compression;

    @Option(
            names = "--compress_threads",
            paramLabel = "N",
            description = "Threads that compress; by default one per core.")
    private Integer threads;

    @Option(names = "--seal", description = "Finish the data file where it lies, and create nothing.")
    private boolean seal;

    @Option(names = "--commit_sealed", description = "DATA is a sealed layer.")
    private boolean commitSealed;

    @Option(
            names = {"--turboOCI", "--fastoci"},
            description = "Layer of an image that stays a tar: not supported by this version.")
    private boolean turboOci;

    @Mixin
    private UploadOptions upload;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdCommit(), arguments));
    }

    @Override
    void run() throws IOException {
        if (turboOci) {
            throw new IOException("--turboOCI: turboOCI layers are not supported by this version");
        }
        CommitOptions options = options();
        LayerFormat format =
                new LayerFormat(compress ? compression.of(this, "--compress_threads", threads) : null, tar);
        upload.check(this);
        if (seal) {
            seal();
            return;
        }
        Path output = output();
        Target.refuseSameFile(data, output);
        if (commitSealed) {
            commitSealed(output, format, options);
        } else {
            commitWritable(output, format, options);
        }
        upload.send(this, output).ifPresent(digest -> err().println(digest));
        out().println("overlaybd-commit has committed files SUCCESSFULLY");
    }

    private CommitOptions options() {
        Optional<LayerUuid> own = LayerNames.uuid(this, "--uuid", uuid);
        Optional<LayerUuid> parent = LayerNames.uuid(this, "--parent-uuid", parentUuid);
        return new CommitOptions(own, parent, LayerNames.tag(this, "-m", tag));
    }

    private Path output() {
        Path output = commitSealed ? index : layer;
        if (output == null) {
            throw usage(
                    commitSealed
                            ? "--commit_sealed: name the sealed layer and the layer to create"
                            : "name the data file, the index file and the layer to create");
        }
        if (commitSealed && layer != null) {
            throw usage("--commit_sealed: expected two names, found three; a sealed layer has no index file");
        }
        return output;
    }

    private void commitWritable(Path output, LayerFormat format, CommitOptions options) throws IOException {
        Target.refuseSameFile(index, output);
        try (WritableLayer writable = openWritable()) {
            StackCopy.copy("commit", LayerStack.of(List.of(writable.freeze())), output, replace, format, options);
        }
    }

    private WritableLayer openWritable() throws IOException {
        if (Files.exists(data) && Files.exists(index) && Files.isSameFile(data, index)) {
            throw usage("DATA and INDEX: expected two files, found the same one twice");
        }
        try {
            return WritableLayer.open(data, index);
        } catch (CorruptFormatException e) {
            throw new IOException(
                    e.getMessage() + "; name the data file and the index file of one writable layer"
                            + " (overlaybd-inspect tells what a file is)",
                    e);
        }
    }

    private void commitSealed(Path output, LayerFormat format, CommitOptions options) throws IOException {
        try (LayerStack stack = LayerStack.of(List.of(InputFile.openLayer(data)))) {
            StackCopy.copy("commit", stack, output, replace, format, options);
        } catch (CorruptFormatException e) {
            throw new IOException(
                    e.getMessage() + "; name a sealed layer, as --seal makes it (overlaybd-inspect tells what a"
                            + " file is)",
                    e);
        }
    }

    /** Doing it again changes nothing, so that who was interrupted afterwards may. */
    private void seal() throws IOException {
        if (index == null || layer != null) {
            throw usage("--seal: name the data file and the index file");
        }
        if (isSealed()) {
            out().println(data + ": is sealed already");
            return;
        }
        try (WritableLayer writable = openWritable()) {
            writable.seal().close();
        }
        out().println("overlaybd-commit has sealed " + data + " SUCCESSFULLY");
    }

    private boolean isSealed() throws IOException {
        if (!Files.exists(data)) {
            throw new NoSuchFileException(data.toString());
        }
        try (BlobSource file = FileSource.open(data)) {
            SealedLayer.open(file);
            return true;
        } catch (CorruptFormatException e) {
            return false;
        }
    }
}
