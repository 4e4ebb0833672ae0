package io.overlaybd.tools;

import io.overlaybd.core.WritableOverlayDevice;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.ImageService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Makes the disk of a writable image larger; names, options and defaults as the original's. */
@picocli.CommandLine.Command(
        name = "overlaybd-resize",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Make the disk of a writable image larger.",
            "The file system on it is as before; it grows with resize2fs, xfs_growfs or the like, "
                    + "once the device is attached. No disk shrinks."
        },
        footer = {"", "Example:", "  overlaybd-resize --config config.v1.json --size 20"})
public final class OverlaybdResize extends Command {

    private static final long MAX_SIZE_GIB = (1L << 29) - 1;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "Image config with an upper.")
    private Path config;

    @Option(names = "--size", paramLabel = "GIB", required = true, description = "New size in GiB.")
    private long sizeGiB;

    @Option(
            names = {"--service_config_path", "--service-config"},
            paramLabel = "FILE",
            description = "Cache, credentials and TLS for remote layers;"
                    + " default /etc/overlaybd/overlaybd.json if it exists.")
    private Path serviceConfig;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdResize(), arguments));
    }

    @Override
    void run() throws IOException {
        if (sizeGiB < 1 || sizeGiB > MAX_SIZE_GIB) {
            throw usage("--size: expected 1 to " + MAX_SIZE_GIB + ", found " + sizeGiB);
        }
        try (ImageService service = ImageService.configured(Optional.ofNullable(serviceConfig));
                BlockDevice device = service.open(config)) {
            if (!(device instanceof WritableOverlayDevice writable)) {
                throw new IOException(config + ": has no upper, so it cannot be written to; make one with"
                        + " overlaybd-create and name it in the config");
            }
            grow(writable);
        }
        out().printf("Success: device resized to %d GiB; now let its file system grow%n", sizeGiB);
    }

    private void grow(WritableOverlayDevice device) throws IOException {
        long sizeBytes = sizeGiB << 30;
        if (sizeBytes < device.sizeBytes()) {
            throw new IOException(config + ": the disk has " + device.sizeBytes() + " bytes, more than " + sizeGiB
                    + " GiB, and no disk shrinks; copy what is on it to a new one");
        }
        device.grow(sizeBytes);
    }
}
