package io.overlaybd.tools;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.ImageService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the device that an image config describes into a raw image. */
@picocli.CommandLine.Command(
        name = "overlaybd-export",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = "Write the device of an image into a raw disk image; zeros become holes.",
        footer = {
            "",
            "Examples:",
            "  overlaybd-export config.v1.json disk.img",
            "  overlaybd-export config.v1.json - | gzip >disk.img.gz"
        })
public final class OverlaybdExport extends Command {

    @Parameters(index = "0", paramLabel = "CONFIG", description = "Image config, such as config.v1.json.")
    private Path config;

    @Parameters(index = "1", paramLabel = "RAW", description = "Raw image to create; - for standard output.")
    private Path raw;

    @Option(names = "-f", description = "Replace the raw image if it exists.")
    private boolean replace;

    @Option(
            names = "--service-config",
            paramLabel = "FILE",
            description = "Cache, credentials and TLS for remote layers;"
                    + " default /etc/overlaybd/overlaybd.json if it exists.")
    private Path serviceConfig;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdExport(), arguments));
    }

    @Override
    void run() throws IOException {
        boolean toStandardOutput = raw.toString().equals("-");
        try (ImageService service = ImageService.configured(Optional.ofNullable(serviceConfig));
                BlockDevice device = service.open(config);
                RawOutput output = toStandardOutput
                        ? RawOutput.stream(System.out)
                        : RawOutput.sparse(Target.create(raw, replace));
                Progress progress = Progress.start("export", device.sizeBytes())) {
            new RawExport(device, output, progress).run();
            output.finish();
        }
    }
}
