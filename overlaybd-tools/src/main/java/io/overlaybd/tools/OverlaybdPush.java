package io.overlaybd.tools;

import io.overlaybd.io.BlobSource;
import io.overlaybd.registry.BlobUploader;
import io.overlaybd.registry.ImageReference;
import io.overlaybd.registry.RegistryClient;
import io.overlaybd.registry.Repository;
import io.overlaybd.registry.manifest.Descriptor;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.registry.manifest.ImageConfig;
import io.overlaybd.registry.manifest.Manifest;
import io.overlaybd.registry.manifest.MediaTypes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts layers into a registry, as an image. */
@picocli.CommandLine.Command(
        name = "overlaybd-push",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Put layers into a registry, with what makes an OCI image of them.",
            "Layers that are not in a tar yet are wrapped in one on the way; what the registry has "
                    + "is not sent again. The last line printed is the image with its digest. The same layers "
                    + "give the same digest."
        },
        footer = {
            "",
            "Examples:",
            "  overlaybd-push registry.example/team/app:1.0 base.layer change.layer",
            "  overlaybd-push --plain-http --write-config app.json localhost:5000/app a.layer"
        })
public final class OverlaybdPush extends RegistryCommand {

    private static final MediaTypes TYPES = MediaTypes.OCI;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "LAYER", description = "Layers, bottom first.")
    private List<Path> layers;

    @Option(
            names = "--write-config",
            paramLabel = "FILE",
            description = "Write the image config that serves it from there.")
    private Path configFile;

    @Option(names = "-f", description = "Replace the image config if it exists.")
    private boolean replace;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdPush(), arguments));
    }

    @Override
    void run(RegistryClient client, ImageReference image) throws IOException {
        if (image.digest().isPresent()) {
            throw usage("IMAGE: expected a tag, found a digest, which is known only afterwards");
        }
        Repository repository = client.repository(image);
        if (configFile == null) {
            push(client, image, repository);
        } else {
            try (Target target = Target.create(configFile, replace)) {
                DeviceConfig.write(target, repository, push(client, image, repository));
            }
        }
    }

    /** Answers what the layers became. */
    private List<Descriptor> push(RegistryClient client, ImageReference image, Repository repository)
            throws IOException {
        for (Path layer : layers) {
            LayerBlob.check(layer);
        }
        Optional<String> fileSystem = FileSystemType.of(layers).map(FileSystemType::mountName);
        BlobUploader uploader = client.uploader(repository);
        List<Descriptor> pushed = new ArrayList<>();
        for (Path layer : layers) {
            pushed.add(pushLayer(uploader, layer, fileSystem));
        }
        Manifest manifest = Manifest.of(TYPES, pushConfig(uploader, pushed), pushed);
        Digest digest =
                client.manifests(repository).put(image.manifestReference(), manifest.mediaType(), manifest.toJson());
        out().println(new ImageReference(image.host(), image.repository(), Optional.empty(), Optional.of(digest)));
        return pushed;
    }

    private Descriptor pushLayer(BlobUploader uploader, Path layer, Optional<String> fileSystem) throws IOException {
        try (BlobSource blob = LayerBlob.open(layer)) {
            Digest digest;
            try (Progress progress = Progress.start("hash " + layer, blob.sizeBytes())) {
                digest = Digest.of(new WatchedSource(blob, progress));
            }
            upload(uploader, blob, digest, layer.toString());
            return Descriptor.nativeLayer(TYPES, digest, blob.sizeBytes(), fileSystem);
        }
    }

    /** The wrapper is not compressed, so that a layer's digest is that of its content too. */
    private Descriptor pushConfig(BlobUploader uploader, List<Descriptor> pushed) throws IOException {
        List<Digest> contents = pushed.stream().map(Descriptor::digest).toList();
        byte[] json = ImageConfig.of(platform(), contents).toJson();
        Digest digest = Digest.of(json);
        upload(uploader, new BytesSource("image configuration", json), digest, "configuration");
        return Descriptor.of(TYPES.config(), digest, json.length);
    }

    private void upload(BlobUploader uploader, BlobSource blob, Digest digest, String name) throws IOException {
        BlobUploader.Outcome outcome;
        try (Progress progress = Progress.start("push " + name, blob.sizeBytes())) {
            outcome = uploader.upload(new WatchedSource(blob, progress), digest);
        }
        String what = outcome == BlobUploader.Outcome.EXISTED ? "there already" : "sent";
        out().printf("%s: %s %s, %s%n", name, Progress.bytes(blob.sizeBytes()), what, digest);
        out().flush();
    }
}
