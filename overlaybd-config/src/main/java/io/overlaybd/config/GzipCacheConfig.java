package io.overlaybd.config;

import java.nio.file.Path;

/** The member {@code gzipCacheConfig}: where decompressed ranges of original gzip layers are kept. Immutable. */
public record GzipCacheConfig(boolean enable, Path dir, long sizeBytes, int refillBytes) {

    static GzipCacheConfig from(ConfigObject object) {
        long refill = object.unsigned32("refillSize", 1 << 20);
        CacheConfig.checkRefill(object, refill);
        return new GzipCacheConfig(
                object.bool("enable", false),
                object.path("cacheDir").orElse(Path.of("/opt/overlaybd/gzip_cache")),
                object.unsigned32("cacheSizeGB", 4) * CacheConfig.GIB,
                (int) refill);
    }
}
