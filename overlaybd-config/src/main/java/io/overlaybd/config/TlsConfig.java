package io.overlaybd.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The member {@code certConfig}: TLS towards registries. Immutable.
 *
 * @param certificate of the client, with its chain, in PEM; together with {@code key} or not at all
 * @param key of the client, in PEM
 * @param ca certificates to trust besides those of the Java installation, in PEM
 * @param insecureSkipVerify trusts whoever answers; for tests
 */
public record TlsConfig(Optional<Path> certificate, Optional<Path> key, Optional<Path> ca, boolean insecureSkipVerify) {

    static TlsConfig from(ConfigObject object) {
        Optional<Path> certificate = object.path("certFile");
        Optional<Path> key = object.path("keyFile");
        if (certificate.isPresent() != key.isPresent()) {
            object.problem("", "needs both certFile and keyFile, or neither");
        }
        boolean skip = object.bool("insecureSkipVerify", false);
        if (skip) {
            object.warning("insecureSkipVerify", "certificates of registries are not verified: anyone can answer");
        }
        return new TlsConfig(certificate, key, object.path("caFile"), skip);
    }
}
