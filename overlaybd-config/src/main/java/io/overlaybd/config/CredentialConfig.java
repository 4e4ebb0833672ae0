package io.overlaybd.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The member {@code credentialConfig}: who to ask for user and password of a registry. Immutable.
 *
 * @param path a file, a URL or a socket, as the mode says
 * @param timeoutSeconds of one whole request, of the modes that make one
 * @param clientCertificate shown to a server that asks (HTTPS), with its chain, in PEM
 * @param clientKey of the certificate, in PEM; in the same file if absent
 * @param serverCa the only certificates that are trusted (HTTPS), in PEM; those of the Java installation if absent
 */
public record CredentialConfig(
        Mode mode,
        String path,
        int timeoutSeconds,
        Optional<Path> clientCertificate,
        Optional<Path> clientKey,
        Optional<Path> serverCa) {

    private static final String DEFAULT_FILE = "/opt/overlaybd/cred.json";

    /** Whom to ask. */
    public enum Mode {
        /** A file in the form of docker's {@code config.json}. */
        FILE,
        /** A server, by HTTP. */
        HTTP,
        /** A server, by HTTPS. */
        HTTPS,
        /** A server on a Unix socket. */
        UDS
    }

    /** From the member; if it names no mode, the file of the older key beside it. */
    static CredentialConfig from(ConfigObject root) {
        ConfigObject object = root.object("credentialConfig");
        String legacyFile = root.string("credentialFilePath", DEFAULT_FILE);
        boolean given = object.isGiven("mode");
        Mode mode = mode(object, object.string("mode", ""));
        String path = object.string("path", "");
        if (given && path.isEmpty()) {
            object.problem("path", "missing, but needed for mode " + mode.name().toLowerCase(Locale.ROOT));
        } else if (mode == Mode.HTTPS && !path.toLowerCase(Locale.ROOT).startsWith("https://")) {
            object.problem("path", "expected a URL that begins with https://, as the mode says");
        }
        int timeout = object.integer("timeout", 1);
        if (timeout < 1) {
            object.problem("timeout", "expected at least 1 second, found " + timeout);
        }
        return new CredentialConfig(
                mode,
                given ? path : legacyFile,
                timeout,
                object.path("client_cert_path"),
                object.path("client_key_path"),
                object.path("server_ca_path"));
    }

    /** Without user, password and query of a URL. */
    @Override
    public String toString() {
        String shown = mode == Mode.HTTP || mode == Mode.HTTPS ? ShownUrl.of(path) : path;
        return "CredentialConfig[mode=" + mode + ", path=" + shown + ", timeoutSeconds=" + timeoutSeconds
                + ", clientCertificate=" + clientCertificate + ", clientKey=" + clientKey + ", serverCa=" + serverCa
                + "]";
    }

    private static Mode mode(ConfigObject object, String text) {
        switch (text) {
            case "", "file":
                return Mode.FILE;
            case "http":
                return Mode.HTTP;
            case "https":
                return Mode.HTTPS;
            case "uds":
                return Mode.UDS;
            default:
                object.problem("mode", "expected file, http, https or uds, found " + Json.quote(text));
                return Mode.FILE;
        }
    }
}
