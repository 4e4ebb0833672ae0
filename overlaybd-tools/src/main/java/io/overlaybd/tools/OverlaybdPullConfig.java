package io.overlaybd.tools;

import io.overlaybd.registry.ImageReference;
import io.overlaybd.registry.ManifestStore;
import io.overlaybd.registry.RegistryClient;
import io.overlaybd.registry.Repository;
import io.overlaybd.registry.manifest.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the config that serves an image from its registry. */
@picocli.CommandLine.Command(
        name = "overlaybd-pull-config",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Write the image config that serves an image from its registry.",
            "Of the image itself only the manifest is fetched."
        },
        footer = {
            "",
            "Example:",
            "  overlaybd-pull-config registry.example/team/app:1.0 config.v1.json",
            "  overlaybd-nbd config.v1.json --socket /run/image.sock"
        })
public final class OverlaybdPullConfig extends RegistryCommand {

    @Parameters(index = "1", paramLabel = "CONFIG", description = "Image config to create, such as config.v1.json.")
    private Path configFile;

    @Option(names = "-f", description = "Replace the config if it exists.")
    private boolean replace;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdPullConfig(), arguments));
    }

    @Override
    void run(RegistryClient client, ImageReference image) throws IOException {
        Repository repository = client.repository(image);
        try (Target target = Target.create(configFile, replace)) {
            ManifestStore.Resolved found = client.manifests(repository).resolve(image.manifestReference(), platform());
            List<Descriptor> layers = DeviceLayers.of(image, found.manifest());
            DeviceConfig.write(target, repository, layers);
            out().printf(
                            "%s: %d layers, %s, of %s%n",
                            configFile,
                            layers.size(),
                            Progress.bytes(
                                    layers.stream().mapToLong(Descriptor::size).sum()),
                            new ImageReference(
                                    image.host(), image.repository(), image.tag(), Optional.of(found.digest())));
        }
    }
}
