package io.overlaybd.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file of the whole installation, {@code /etc/overlaybd/overlaybd.json}. Every key is optional; the defaults stand in
 * the factory of each part, and {@code etc/overlaybd.json} shows them all. Immutable.
 *
 * @param mirrors asked for blobs in this order, before their registry
 * @param download what an image without its own {@code download} does
 * @param auditFile absent if switched off
 * @param userAgent absent for the build's own
 */
public record GlobalConfig(
        CacheConfig cache,
        GzipCacheConfig gzipCache,
        CredentialConfig credentials,
        TlsConfig tls,
        Optional<String> userAgent,
        ReadRetryConfig readRetry,
        DownloadConfig download,
        P2pConfig p2p,
        List<MirrorConfig> mirrors,
        LogConfig log,
        Optional<Path> auditFile,
        ExporterConfig exporter,
        ServiceConfig service,
        PrefetchConfig prefetch) {

    /** Where the file stands unless told otherwise. */
    public static final Path DEFAULT_FILE = Path.of("/etc/overlaybd/overlaybd.json");

    /**
     * Reads and checks a file.
     *
     * @throws ConfigException with every problem of the file
     * @throws IOException if it cannot be read
     */
    public static Loaded<GlobalConfig> read(Path file) throws IOException {
        return ConfigReader.read(file, GlobalConfig::from);
    }

    /** {@link #read(Path)}, or the defaults if there is no such file. */
    public static Loaded<GlobalConfig> readIfExists(Path file) throws IOException {
        if (Files.notExists(file)) {
            return parse(file.toString(), "{}".getBytes(StandardCharsets.UTF_8));
        }
        return read(file);
    }

    /** Checks bytes that are there already. */
    public static Loaded<GlobalConfig> parse(String resource, byte[] json) throws IOException {
        return ConfigReader.parse(resource, json, GlobalConfig::from);
    }

    static GlobalConfig from(ConfigObject root) {
        acceptWhatHasNoMeaningHere(root);
        String userAgent = root.string("userAgent", "");
        return new GlobalConfig(
                CacheConfig.from(root),
                GzipCacheConfig.from(root.object("gzipCacheConfig")),
                CredentialConfig.from(root),
                TlsConfig.from(root.object("certConfig")),
                userAgent.isEmpty() ? Optional.empty() : Optional.of(userAgent),
                ReadRetryConfig.from(root.object("readRetry")),
                DownloadConfig.from(root.object("download")),
                P2pConfig.from(root.object("p2pConfig")),
                MirrorConfig.from(root.objects("registryMirrors")),
                LogConfig.from(root),
                audit(root),
                ExporterConfig.from(root.object("exporterConfig")),
                ServiceConfig.from(root.object("serviceConfig")),
                PrefetchConfig.from(root.object("prefetchConfig")));
    }

    /** Keys that chose between the original's engines. Their types are checked all the same. */
    private static void acceptWhatHasNoMeaningHere(ConfigObject root) {
        long ioEngine = root.unsigned32("ioEngine", 0);
        if (ioEngine > 2) {
            root.problem("ioEngine", "expected 0, 1 or 2, found " + ioEngine);
        }
        root.bool("enableThread", false);
        root.unsigned32("workpoolSize", 0);
        root.string("registryFsVersion", "v2");
    }

    private static Optional<Path> audit(ConfigObject root) {
        boolean enable = root.bool("enableAudit", true);
        return root.pathOrDefault("auditPath", "/var/log/overlaybd-audit.log").filter(path -> enable);
    }
}
