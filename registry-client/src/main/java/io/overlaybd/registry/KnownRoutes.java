package io.overlaybd.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import okhttp3.HttpUrl;

/**
 * The ways to the blobs that were used last, shared by all who read them: what one finds out, a wrong byte above all, the next who
 * opens the blob need not. Thread-safe: guarded by this.
 */
final class KnownRoutes {

    private static final int MAX_BLOBS = 4096;

    private final Map<HttpUrl, BlobRoutes> byBlob = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<HttpUrl, BlobRoutes> eldest) {
            return size() > MAX_BLOBS;
        }
    };

    private final RegistryOptions options;

    KnownRoutes(RegistryOptions options) {
        this.options = options;
    }

    synchronized BlobRoutes of(HttpUrl blob) {
        return byBlob.computeIfAbsent(blob, absent -> new BlobRoutes(options.redirectLifetime(), options.time()));
    }
}
