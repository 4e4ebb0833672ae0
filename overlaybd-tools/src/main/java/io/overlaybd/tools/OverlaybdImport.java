package io.overlaybd.tools;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.LayerWriter;
import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.index.TooManySegmentsException;
import io.overlaybd.io.BlobSink;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.FileSource;
import io.overlaybd.zfile.ZFileOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a layer of a raw image, or of the difference between two. */
@picocli.CommandLine.Command(
        name = "overlaybd-import",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Make a layer of a raw disk or filesystem image, ready for a registry.",
            "Holes and blocks of zeros are not stored. With --base the layer holds what",
            "changed from that image, and goes on top of the layer made of it.",
            "The same images give the same layer, byte for byte."
        },
        footer = {
            "",
            "Examples:",
            "  overlaybd-import base.img base.layer",
            "  overlaybd-import --base base.img --algorithm zstd final.img change.layer"
        })
public final class OverlaybdImport extends Command {

    private static final long MAX_MIN_HOLE_BYTES = 1L << 30;

    @Parameters(index = "0", paramLabel = "RAW", description = "Raw image or block device to read.")
    private Path raw;

    @Parameters(index = "1", paramLabel = "LAYER", description = "Layer to create.")
    private Path layer;

    @Option(names = "--base", paramLabel = "RAW", description = "Raw image that the layer below was made of.")
    private Path base;

    @Option(names = "-f", description = "Replace the layer if it exists.")
    private boolean replace;

    @Option(
            names = "--algorithm",
            paramLabel = "lz4|zstd|none",
            defaultValue = "lz4",
            description = "How to compress; by default ${DEFAULT-VALUE}.")
    private String algorithm;

    @Option(names = "--no-compress", description = "The same as --algorithm none.")
    private boolean uncompressed;

    @Option(
            names = "--bs",
            paramLabel = "KiB",
            defaultValue = "4",
            description = "Size of a compressed block: 4, 8, 16, 32 or 64; by default ${DEFAULT-VALUE}.")
    private int blockSizeKiB;

    @Option(
            names = {"-t", "--tar"},
            description = "Wrap the layer in a tar.")
    private boolean tar;

    @Option(
            names = "--min-hole",
            paramLabel = "SIZE",
            defaultValue = "4K",
            description = "Store shorter gaps between data too, for fewer segments; by default ${DEFAULT-VALUE}.")
    private String minHole;

    @Option(names = "--uuid", paramLabel = "UUID", description = "Name of the layer; by default none.")
    private String uuid;

    @Option(names = "--parent-uuid", paramLabel = "UUID", description = "Name of the layer below; by default none.")
    private String parentUuid;

    @Option(
            names = {"-m", "--tag"},
            paramLabel = "TEXT",
            defaultValue = "",
            description = "A text to keep in the layer, of at most 256 bytes.")
    private String tag;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compress; by default one per core.")
    private Integer threads;

    private long storedBytes;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdImport(), arguments));
    }

    @Override
    void run() throws IOException {
        ZFileOptions options = uncompressed || algorithm.equals("none")
                ? null
                : Compression.options(this, algorithm, blockSizeKiB, "--threads", threads);
        long minHoleBytes = minHoleBytes();
        try (FileSource image = InputFile.openPlain(raw);
                FileSource below = base == null ? null : InputFile.openPlain(base)) {
            if (below != null && below.sizeBytes() > image.sizeBytes()) {
                throw new IOException(base + ": is longer (" + below.sizeBytes() + " bytes) than " + raw + " ("
                        + image.sizeBytes() + "), but a device cannot shrink; make the new image as long as its base");
            }
            LayerIdentity identity = identity(RawImport.deviceBytes(image.sizeBytes()));
            write(image, below, identity, options, minHoleBytes);
            out().printf(
                            "%s: %s of %s stored, in a file of %s%n",
                            layer,
                            Progress.bytes(storedBytes),
                            Progress.bytes(identity.virtualSizeBytes()),
                            Progress.bytes(Files.size(layer)));
        }
    }

    private long minHoleBytes() {
        long bytes = Compression.bytes(this, "--min-hole", minHole);
        if (bytes < RawImport.BLOCK_BYTES || bytes > MAX_MIN_HOLE_BYTES) {
            throw usage("--min-hole: expected 4K to 1G, found " + minHole);
        }
        return bytes;
    }

    private LayerIdentity identity(long virtualSizeBytes) {
        return new LayerIdentity(
                virtualSizeBytes,
                LayerNames.uuid(this, "--uuid", uuid).orElse(LayerUuid.NULL),
                LayerNames.uuid(this, "--parent-uuid", parentUuid).orElse(LayerUuid.NULL),
                LayerNames.tag(this, "--tag", tag));
    }

    private void write(
            FileSource image, FileSource below, LayerIdentity identity, ZFileOptions options, long minHoleBytes)
            throws IOException {
        Target.refuseSameFile(raw, layer);
        if (base != null) {
            Target.refuseSameFile(base, layer);
        }
        try (Target file = Target.create(layer, replace);
                BlobSink sink = new LayerFormat(options, tar).around(file.sink());
                LayerWriter writer = LayerWriter.create(sink, identity);
                Progress progress = Progress.start("import", identity.virtualSizeBytes())) {
            new RawImport(image, below, minHoleBytes, extentsOf(writer), progress).run();
            writer.finish();
        } catch (TooManySegmentsException e) {
            throw new IOException(
                    layer + ": the data of " + raw + " lies in more than " + e.limit()
                            + " pieces, more than a layer can hold; use a larger --min-hole, such as "
                            + Progress.bytes(minHoleBytes * 4).replaceAll("\\.0 (.)iB", "$1"),
                    e);
        }
    }

    private RawImport.Extents extentsOf(LayerWriter writer) {
        return new RawImport.Extents() {
            @Override
            public void data(long offsetBytes, ByteBuffer bytes) throws IOException {
                storedBytes += bytes.remaining();
                writer.data(offsetBytes / BlockDevice.SECTOR_BYTES, bytes);
            }

            @Override
            public void zero(long offsetBytes, long lengthBytes) throws IOException {
                writer.zero(offsetBytes / BlockDevice.SECTOR_BYTES, lengthBytes / BlockDevice.SECTOR_BYTES);
            }
        };
    }
}
