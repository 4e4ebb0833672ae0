package io.overlaybd.config;

/**
 * The member {@code exporterConfig}: metrics over HTTP. Immutable.
 *
 * @param uriPrefix path of the metrics page
 * @param originalNames whether the original's metrics are shown too, under its names
 */
public record ExporterConfig(boolean enable, String uriPrefix, int port, boolean originalNames) {

    private static final int MAX_PORT = 65535;

    static ExporterConfig from(ConfigObject object) {
        int port = object.integer("port", 9863);
        if (port < 1 || port > MAX_PORT) {
            object.problem("port", "expected 1 to " + MAX_PORT + ", found " + port);
        }
        object.unsigned("updateInterval", 60_000_000);
        return new ExporterConfig(
                object.bool("enable", false),
                object.string("uriPrefix", "/metrics"),
                port,
                object.bool("originalNames", true));
    }
}
