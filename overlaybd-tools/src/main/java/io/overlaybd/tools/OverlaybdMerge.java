package io.overlaybd.tools;

import io.overlaybd.core.CommitOptions;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.OverlayDevice;
import io.overlaybd.core.WritableOverlayDevice;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.ImageService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Merges all layers of an image into one; names, options and defaults as the original's. */
@picocli.CommandLine.Command(
        name = "overlaybd-merge",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Merge all layers of an image, the upper included, into one finished layer.",
            "The layer is compressed unless --compress=false is given; an existing one is replaced."
        },
        footer = {
            "",
            "Examples:",
            "  overlaybd-merge config.v1.json merged.layer",
            "  overlaybd-merge --compress=false -t config.v1.json merged.tar"
        })
public final class OverlaybdMerge extends Command {

    @Parameters(index = "0", paramLabel = "CONFIG", description = "Image config, such as config.v1.json.")
    private Path config;

    @Parameters(index = "1", paramLabel = "LAYER", description = "Layer to create or to replace.")
    private Path layer;

    @Option(
            names = "--compress",
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Compress it into a ZFile, LZ4 in blocks of 4 KiB; by default ${DEFAULT-VALUE}.")
    private boolean compress;

    @Option(names = "-t", description = "Wrap it in a tar.")
    private boolean tar;

    @Option(
            names = {"--service_config_path", "--service-config"},
            paramLabel = "FILE",
            description = "Cache, credentials and TLS for remote layers;"
                    + " default /etc/overlaybd/overlaybd.json if it exists.")
    private Path serviceConfig;

    @Mixin
    private UploadOptions upload;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdMerge(), arguments));
    }

    @Override
    void run() throws IOException {
        upload.check(this);
        LayerFormat format =
                new LayerFormat(compress ? Compression.options(this, "lz4", 4).withRewriteHeader(false) : null, tar);
        try (ImageService service = ImageService.configured(Optional.ofNullable(serviceConfig));
                BlockDevice device = service.open(config)) {
            StackCopy.copy("merge", layers(device), layer, true, format, CommitOptions.NONE);
        }
        upload.send(this, layer).ifPresent(digest -> err().println(digest));
    }

    /** The layers stay the device's. */
    private static LayerStack layers(BlockDevice device) throws IOException {
        if (device instanceof WritableOverlayDevice writable) {
            return writable.freeze();
        }
        if (device instanceof OverlayDevice overlay) {
            return overlay.layers();
        }
        throw new IllegalStateException("a device of " + device.getClass());
    }
}
