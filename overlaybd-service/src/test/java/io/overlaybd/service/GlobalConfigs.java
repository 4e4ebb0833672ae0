package io.overlaybd.service;

import io.overlaybd.config.GlobalConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Makes configurations of a service for tests. */
final class GlobalConfigs {

    private GlobalConfigs() {}

    /** The defaults with another cache directory. */
    static GlobalConfig withCacheIn(Path directory) throws IOException {
        return of("{\"cacheConfig\": {\"cacheType\": \"file\", \"cacheDir\": \"" + directory + "\"}}");
    }

    static GlobalConfig of(String json) throws IOException {
        return GlobalConfig.parse("overlaybd.json", json.getBytes(StandardCharsets.UTF_8))
                .config();
    }
}
