package io.overlaybd.tools;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.FileSource;
import io.overlaybd.registry.RegistryClient;
import io.overlaybd.registry.RegistryOptions;
import io.overlaybd.registry.Repository;
import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.credential.FileCredentials;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.registry.tls.TlsContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What commands have that may put the layer that they made into a registry. */
final class UploadOptions {

    private static final int KIB = 1024;

    @Option(
            names = "--upload",
            paramLabel = "URL",
            description = "Send the file to this registry afterwards, such as https://host/v2/app/blobs/uploads/.")
    private String url;

    @Option(
            names = "--upload_bs",
            paramLabel = "KiB",
            defaultValue = "262144",
            description = "Send it in pieces of this size; by default ${DEFAULT-VALUE}.")
    private long pieceKiB;

    @Option(
            names = "--cred_file_path",
            paramLabel = "FILE",
            description = "Users and passwords of registries; by default nobody's.")
    private Path credentials;

    @Option(names = "--tls_key_path", paramLabel = "FILE", description = "Key of the client certificate, in PEM.")
    private Path tlsKey;

    @Option(names = "--tls_cert_path", paramLabel = "FILE", description = "Client certificate, in PEM.")
    private Path tlsCertificate;

    /** Checks the options before the work begins. */
    void check(Command command) throws IOException {
        if (url == null) {
            return;
        }
        repository(command);
        if (pieceKiB < 1 || pieceKiB > Integer.MAX_VALUE) {
            throw command.usage("--upload_bs: expected 1 to " + Integer.MAX_VALUE + ", found " + pieceKiB);
        }
        if (tlsKey != null && tlsCertificate == null) {
            throw command.usage("--tls_key_path: needs --tls_cert_path as well");
        }
        if (credentials != null && !Files.exists(credentials)) {
            throw new NoSuchFileException(credentials.toString());
        }
    }

    private Repository repository(Command command) {
        String blobs = url.replaceAll("/+$", "").replaceAll("/uploads$", "");
        try {
            return Repository.ofBlobsUrl(blobs);
        } catch (IllegalArgumentException e) {
            throw command.usage("--upload: " + e.getMessage());
        }
    }

    /** Sends the file if that was asked for, and answers its digest then. */
    Optional<Digest> send(Command command, Path file) throws IOException {
        if (url == null) {
            return Optional.empty();
        }
        try (BlobSource blob = FileSource.open(file);
                RegistryClient client = RegistryClient.open(options());
                Progress progress = Progress.start("upload", 2 * blob.sizeBytes())) {
            BlobSource watched = new WatchedSource(blob, progress);
            Digest digest = Digest.of(watched);
            client.uploader(repository(command)).inPieces(pieceKiB * KIB).upload(watched, digest);
            return Optional.of(digest);
        }
    }

    private RegistryOptions options() throws IOException {
        return RegistryOptions.builder()
                .tls(TlsContext.of(null, tlsCertificate, tlsKey, false))
                .credentials(credentials == null ? CredentialProvider.NONE : new FileCredentials(credentials))
                .build();
    }
}
