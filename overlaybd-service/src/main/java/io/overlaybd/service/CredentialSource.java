package io.overlaybd.service;

import io.overlaybd.config.CredentialConfig;
import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.credential.FileCredentials;
import io.overlaybd.registry.credential.ServerCredentials;
import io.overlaybd.registry.tls.TlsContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Whom {@code credentialConfig} says to ask. */
final class CredentialSource {

    private CredentialSource() {}

    /** Asks nobody yet; but files for TLS are read, so that a wrong name shows at once. */
    static CredentialProvider of(CredentialConfig config) throws IOException {
        Duration limit = Duration.ofSeconds(config.timeoutSeconds());
        try {
            return switch (config.mode()) {
                case FILE -> new FileCredentials(Path.of(config.path()));
                case HTTP -> ServerCredentials.at(config.path(), TlsContext::verifying, limit);
                case HTTPS -> secure(config, limit);
                case UDS -> ServerCredentials.atSocket(Path.of(config.path()), limit);
            };
        } catch (IllegalArgumentException e) {
            throw new IOException("credentialConfig.path: " + e.getMessage(), e);
        }
    }

    private static CredentialProvider secure(CredentialConfig config, Duration limit) throws IOException {
        TlsContext tls = tls(config);
        return ServerCredentials.at(config.path(), () -> tls, limit);
    }

    private static TlsContext tls(CredentialConfig config) throws IOException {
        Path certificate = config.clientCertificate().orElse(null);
        try {
            return TlsContext.trustingOnly(
                    config.serverCa().orElse(null),
                    certificate,
                    certificate == null ? null : config.clientKey().orElse(certificate));
        } catch (IOException e) {
            throw new IOException("credentialConfig: " + e.getMessage(), e);
        }
    }
}
