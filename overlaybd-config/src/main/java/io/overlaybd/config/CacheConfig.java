package io.overlaybd.config;

import java.nio.file.Path;
import java.util.Locale;

/**
 * The member {@code cacheConfig}: where fetched blobs are kept. Immutable.
 *
 * @param sizeBytes what all blobs together may take
 * @param refillBytes unit of fetching: a power of two and a multiple of 4096
 * @param blockBytes only of type {@code ocf}, kept for compatibility
 */
public record CacheConfig(Type type, Path dir, long sizeBytes, int refillBytes, long blockBytes) {

    static final String DEFAULT_DIR = "/opt/overlaybd/registry_cache";
    static final long GIB = 1L << 30;
    private static final int PAGE_BYTES = 4096;

    /** How blobs are kept. */
    public enum Type {
        /** One sparse file a blob in the cache directory. */
        FILE,
        /** The original's block cache in user space; served as {@link #FILE}. */
        OCF,
        /** In the layer's own directory; served as {@link #FILE}. */
        DOWNLOAD
    }

    /** From the member; if it names no type, type, directory and size come from the older keys beside it. */
    static CacheConfig from(ConfigObject root) {
        ConfigObject object = root.object("cacheConfig");
        Type legacyType = type(root, root.string("cacheType", "file"), "cacheType");
        Path legacyDir = root.path("registryCacheDir").orElse(Path.of(DEFAULT_DIR));
        long legacyGiB = root.unsigned32("registryCacheSizeGB", 4);
        Path dir = object.path("cacheDir").orElse(Path.of(DEFAULT_DIR));
        long giB = object.unsigned32("cacheSizeGB", 4);
        long refill = object.unsigned32("refillSize", 256 * 1024);
        long block = object.unsigned32("blockSize", 64 * 1024);
        checkRefill(object, refill);
        if (!object.isGiven("cacheType")) {
            object.warnIfUnused(
                    "cacheDir", "there is no cacheType and registryCacheDir counts; set cacheType to \"file\"");
            object.warnIfUnused(
                    "cacheSizeGB", "there is no cacheType and registryCacheSizeGB counts; set cacheType to \"file\"");
            return new CacheConfig(legacyType, legacyDir, legacyGiB * GIB, (int) refill, block);
        }
        return new CacheConfig(
                type(object, object.string("cacheType", "file"), "cacheType"), dir, giB * GIB, (int) refill, block);
    }

    private static Type type(ConfigObject object, String text, String key) {
        for (Type type : Type.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(text)) {
                if (type != Type.FILE) {
                    object.warning(key, text + " is served as file");
                }
                return type;
            }
        }
        object.problem(key, "expected file, ocf or download, found " + Json.quote(text));
        return Type.FILE;
    }

    static void checkRefill(ConfigObject object, long bytes) {
        boolean sound = bytes >= PAGE_BYTES && bytes <= 16 << 20 && Long.bitCount(bytes) == 1;
        if (!sound) {
            object.problem("refillSize", "expected a power of two from 4096 to 16777216, found " + bytes);
        }
    }
}
