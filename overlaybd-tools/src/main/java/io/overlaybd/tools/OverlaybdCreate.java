package io.overlaybd.tools;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.sys.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Creates the two files of a writable layer; names, options and defaults as the original's. */
@picocli.CommandLine.Command(
        name = "overlaybd-create",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Create an empty writable layer: a data file and an index file.",
            "Neither of them may exist. A size of 0 becomes that of the layers below when it is " + "first used."
        },
        footer = {
            "",
            "Examples:",
            "  overlaybd-create writable_data writable_index 64",
            "  overlaybd-create -s --mkfs writable_data writable_index 10"
        })
public final class OverlaybdCreate extends Command {

    /** Addresses of an index have 50 bits of sectors, the last of which means something else. */
    private static final long MAX_SIZE_GIB = (1L << 29) - 1;

    @Parameters(index = "0", paramLabel = "DATA", description = "Data file to create.")
    private Path data;

    @Parameters(index = "1", paramLabel = "INDEX", description = "Index file to create.")
    private Path index;

    @Parameters(index = "2", paramLabel = "GIB", description = "Size of the disk in GiB.")
    private long sizeGiB;

    @Option(names = "-u", paramLabel = "UUID", description = "Name of the layer below; by default none.")
    private String parentUuid;

    @Option(names = "-s", description = "Keep the data in a sparse image of the disk instead of appending it.")
    private boolean sparse;

    @Option(names = "--hybrid", description = "Append, but overwrite in place what this layer has already.")
    private boolean hybrid;

    @Option(
            names = {"--turboOCI", "--fastoci"},
            description = "Layer of an image that stays a tar: not supported by this version.")
    private boolean turboOci;

    @Option(names = "--raw", description = "Create a plain sparse image of the disk, and an empty index file.")
    private boolean raw;

    @Option(names = "--mkfs", description = "Make an ext4 file system on it, with mkfs.ext4 of e2fsprogs.")
    private boolean mkfs;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdCreate(), arguments));
    }

    @Override
    void run() throws IOException {
        checkUsage();
        if (turboOci && !raw) {
            throw new IOException("--turboOCI: turboOCI layers are not supported by this version; leave it out to"
                    + " create an ordinary layer");
        }
        Target.directoryOf(data);
        Target.directoryOf(index);
        if (raw) {
            createRaw();
        } else {
            createLayer();
        }
        out().println("overlaybd-create has created files SUCCESSFULLY");
    }

    private void checkUsage() {
        if (sizeGiB < 0 || sizeGiB > MAX_SIZE_GIB) {
            throw usage("GIB: expected 0 to " + MAX_SIZE_GIB + ", found " + sizeGiB);
        }
        if (sparse && hybrid && !raw) {
            throw usage("-s and --hybrid exclude each other");
        }
        if (mkfs && sizeGiB == 0) {
            throw usage("--mkfs: needs a size other than 0");
        }
    }

    private void createLayer() throws IOException {
        LayerUuid parent = LayerNames.uuid(this, "-u", parentUuid).orElse(LayerUuid.NULL);
        LayerIdentity identity = new LayerIdentity(sizeGiB << 30, LayerUuid.random(), parent, UserTag.NONE);
        try (WritableLayer layer = WritableLayer.create(kind(), data, index, identity)) {
            if (mkfs) {
                makeFileSystem(layer);
            }
        }
    }

    private WritableLayer.Kind kind() {
        if (sparse) {
            return WritableLayer.Kind.SPARSE;
        }
        return hybrid ? WritableLayer.Kind.HYBRID : WritableLayer.Kind.LOG;
    }

    /** In a scratch image beside the data, whose blocks that are not zero are then written to the layer. */
    private void makeFileSystem(WritableLayer layer) throws IOException {
        Path scratch = Files.createTempFile(data.toAbsolutePath().getParent(), ".mkfs-", ".img");
        try {
            extend(scratch, layer.sizeBytes());
            MakeExt4.on(scratch);
            try (FileSource image = FileSource.open(scratch);
                    Progress progress = Progress.start("mkfs", image.sizeBytes())) {
                new RawImport(image, null, RawImport.BLOCK_BYTES, writesTo(layer), progress).run();
            }
        } catch (IOException | RuntimeException e) {
            deleteFiles();
            throw e;
        } finally {
            Files.deleteIfExists(scratch);
        }
    }

    private static RawImport.Extents writesTo(WritableLayer layer) {
        return new RawImport.Extents() {
            @Override
            public void data(long offsetBytes, ByteBuffer bytes) throws IOException {
                layer.write(offsetBytes, bytes);
            }

            @Override
            public void zero(long offsetBytes, long lengthBytes) throws IOException {
                layer.discard(offsetBytes, lengthBytes);
            }
        };
    }

    private void createRaw() throws IOException {
        Files.createFile(data);
        try {
            if (Files.exists(index)) {
                throw new FileAlreadyExistsException(index.toString());
            }
            extend(data, sizeGiB << 30);
            if (mkfs) {
                MakeExt4.on(data);
            }
            Files.createFile(index);
        } catch (IOException e) {
            Files.delete(data);
            throw e;
        }
    }

    private static void extend(Path file, long sizeBytes) throws IOException {
        try (FileDescriptor descriptor = FileDescriptor.openReadWrite(file)) {
            descriptor.truncate(sizeBytes);
        }
    }

    private void deleteFiles() throws IOException {
        Files.deleteIfExists(data);
        Files.deleteIfExists(index);
    }
}
