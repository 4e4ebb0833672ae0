package io.overlaybd.tools;

import io.overlaybd.registry.ImageReference;
import io.overlaybd.registry.RegistryClient;
import io.overlaybd.registry.RegistryException;
import io.overlaybd.registry.RegistryOptions;
import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.credential.FileCredentials;
import io.overlaybd.registry.manifest.Platform;
import io.overlaybd.registry.tls.TlsContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands have that talk to a registry: the image they are about, and how its registry is reached. */
abstract class RegistryCommand extends Command {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** A registry that has a large blob to move into its place is silent for long. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(120);

    @Parameters(index = "0", paramLabel = "IMAGE", description = "Image, such as registry.example:5000/team/app:1.0.")
    private String image;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH",
            description = "What the image runs on, such as linux/arm64; by default Linux on this machine.")
    private String platform;

    @Option(
            names = "--credentials",
            paramLabel = "FILE",
            description = "Users and passwords, in the form of docker's config.json; by default"
                    + " ~/.docker/config.json, then /opt/overlaybd/cred.json.")
    private Path credentials;

    @Option(names = "--plain-http", description = "The registry speaks HTTP without TLS.")
    private boolean plainHttp;

    @Option(names = "--ca", paramLabel = "FILE", description = "Certificates to trust besides those of Java, in PEM.")
    private Path ca;

    @Option(names = "--insecure-skip-verify", description = "Do not verify the registry's certificate.")
    private boolean skipVerify;

    /** Does the work; the client is closed afterwards. */
    abstract void run(RegistryClient client, ImageReference reference) throws IOException;

    @Override
    final void run() throws IOException {
        ImageReference reference = reference();
        try (RegistryClient client = RegistryClient.open(options(reference))) {
            run(client, reference);
        } catch (RegistryException e) {
            boolean mayBePlain = e.kind() == RegistryException.Kind.TLS && !plainHttp;
            throw mayBePlain ? new IOException(e.getMessage() + " (--ca); without TLS, use --plain-http", e) : e;
        }
    }

    private ImageReference reference() {
        try {
            return ImageReference.parse(image);
        } catch (IllegalArgumentException e) {
            throw usage("IMAGE: " + e.getMessage());
        }
    }

    private RegistryOptions options(ImageReference reference) throws IOException {
        return RegistryOptions.builder()
                .timeouts(CONNECT_TIMEOUT, READ_TIMEOUT)
                .tls(TlsContext.of(ca, null, null, skipVerify))
                .credentials(credentials())
                .plainHttpHosts(plainHttp ? Set.of(reference.host()) : Set.of())
                .build();
    }

    private CredentialProvider credentials() throws IOException {
        if (credentials == null) {
            return UsualCredentials.of(System.getenv());
        }
        if (!Files.exists(credentials)) {
            throw new NoSuchFileException(credentials.toString());
        }
        return new FileCredentials(credentials);
    }

    /** What the image runs on. */
    Platform platform() {
        if (platform == null) {
            return Platform.ofThisMachine();
        }
        String[] parts = platform.split("/", -1);
        if (parts.length < 2 || parts.length > 3 || !platform.matches("[a-z0-9_./-]+")) {
            throw usage("--platform: expected OS/ARCH or OS/ARCH/VARIANT, found " + platform);
        }
        return new Platform(parts[1], parts[0], null, null, parts.length > 2 ? parts[2] : null);
    }
}
