package io.overlaybd.tools.ctl;

import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.Loaded;
import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An image becomes a disk. */
@Command(
        name = "attach",
        versionProvider = Subcommand.BuiltVersion.class,
        sortOptions = false,
        description = "Make an image a disk, and print its path.",
        footer = {"", "Example:", "  disk=$(overlaybd-ctl attach config.v1.json) && mount -o ro $disk /mnt"})
final class AttachCommand extends KernelCommand {

    private static final int MAX_CONFIG_BYTES = 255; // of the kernel
    private static final String PREFIX = "overlaybd/";
    private static final int MAX_DATA_AREA_MIB = 2048;

    @Parameters(paramLabel = "CONFIG", description = "Image config, such as config.v1.json.")
    private Path config;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Up to 13 digits 0 to 9, a to f; default: one that is made of the path.")
    private String name;

    @Option(names = "--dev-id", paramLabel = "ID", description = "Id for snapshots; default: none.")
    private String id;

    @Option(
            names = "--data-area-mib",
            paramLabel = "N",
            defaultValue = "64",
            description = "Memory for data under way, 1 to 2048; default: ${DEFAULT-VALUE}.")
    private int dataAreaMiB;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long to wait for a daemon that is not running yet; default: ${DEFAULT-VALUE}.")
    private int waitSeconds;

    @Override
    protected void work() throws IOException {
        Path path = config.toAbsolutePath().normalize();
        String deviceConfig = deviceConfig(path);
        DiskName diskName = diskName(path);
        if (dataAreaMiB < 1 || dataAreaMiB > MAX_DATA_AREA_MIB) {
            throw wrong("--data-area-mib: expected 1 to " + MAX_DATA_AREA_MIB + ", found " + dataAreaMiB);
        }
        if (waitSeconds < 0) {
            throw wrong("--wait: expected a number of seconds, found " + waitSeconds);
        }
        Loaded<ImageConfig> image = ImageConfig.read(path);
        new Daemon(kernel()).await(Duration.ofSeconds(waitSeconds));
        String disk = new Attachment(kernel(), diskName)
                .attach(deviceConfig, dataAreaMiB, image.config().resultFile());
        output().println("/dev/" + disk);
    }

    private DiskName diskName(Path path) {
        try {
            return name == null ? DiskName.ofConfig(path) : DiskName.of(name);
        } catch (IllegalArgumentException e) {
            throw wrong("--name: " + e.getMessage());
        }
    }

    /** The kernel splits options at commas and ends of line, the daemon at a semicolon. */
    private String deviceConfig(Path path) {
        String text = id == null ? path.toString() : path + ";" + id;
        if (path.toString().contains(";") || text.matches("(?s).*[,\n].*")) {
            throw wrong(text + ": a comma, a semicolon or an end of line cannot be in the path, nor in the id;"
                    + " link to it by another name");
        }
        if (PREFIX.length() + text.getBytes(StandardCharsets.UTF_8).length > MAX_CONFIG_BYTES) {
            throw wrong(text + ": the kernel takes at most " + (MAX_CONFIG_BYTES - PREFIX.length())
                    + " bytes for path and id; link to it by a shorter name");
        }
        return text;
    }
}
