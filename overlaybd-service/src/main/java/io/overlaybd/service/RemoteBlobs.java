package io.overlaybd.service;

import io.overlaybd.cache.BlobCache;
import io.overlaybd.cache.CacheMetrics;
import io.overlaybd.cache.CachedBlobSource;
import io.overlaybd.io.BlobOrigin;
import io.overlaybd.registry.RegistryBlob;
import io.overlaybd.registry.RegistryClient;
import io.overlaybd.registry.RegistryMetrics;
import io.overlaybd.registry.Repository;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.service.download.Foreground;
import io.overlaybd.service.download.RemoteBlob;
import io.overlaybd.service.metrics.Flow;
import io.overlaybd.service.metrics.RemoteFlows;
import io.overlaybd.service.metrics.RemoteMetrics;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Blobs of registries, read through the cache. Client and cache are made when the first blob is opened, the client earlier if
 * somebody has the time for it; where that fails, the next blob tries again. Thread-safe: guarded by the monitor, which is not
 * held while a blob is opened.
 */
final class RemoteBlobs implements Closeable {

    private static final int TRIM_SECONDS = 10;

    /** What is shared by all blobs; the trimmer keeps the cache within its limits when others fill the disk. */
    private record Shared(RegistryClient client, BlobCache cache, ScheduledExecutorService trimmer) {}

    private final RemoteSettings settings;
    private final Foreground foreground;
    private final RemoteFlows flows;
    private long cacheLimitBytes;
    private RegistryClient client; // null until prepared, or the first blob
    private Shared shared; // null until the first blob
    private boolean closed;

    /** Blobs whose fetches for readers are counted by {@code foreground}. */
    RemoteBlobs(RemoteSettings settings, Foreground foreground, RemoteFlows flows) {
        this.settings = settings;
        this.foreground = foreground;
        this.flows = flows;
        this.cacheLimitBytes = settings.cache().limitBytes();
    }

    /**
     * A blob to open.
     *
     * @param sizeBytes what the configuration says of its length, 0 if nothing
     * @param ends what of it is fetched at once
     */
    RemoteBlob blob(Repository repository, String digest, long sizeBytes, BlobEnds ends) {
        OptionalLong hint = sizeBytes > 0 ? OptionalLong.of(sizeBytes) : OptionalLong.empty();
        return new Blob(repository, digest, hint, ends);
    }

    /** A blob of the registry client and of the cache that all share. */
    private final class Blob implements RemoteBlob {

        private final Repository repository;
        private final String digest;
        private final OptionalLong sizeHint;
        private final BlobEnds ends;

        Blob(Repository repository, String digest, OptionalLong sizeHint, BlobEnds ends) {
            this.repository = repository;
            this.digest = digest;
            this.sizeHint = sizeHint;
            this.ends = ends;
        }

        @Override
        public String name() {
            return repository + "/blobs/" + digest;
        }

        @Override
        public String digest() {
            return digest;
        }

        @Override
        public CachedBlobSource open() throws IOException {
            BlobOrigin origin = new AuditedOrigin(registryBlob(), "download", flows.downloads());
            return openCached(digest, foreground.counting(origin), sizeHint, ends);
        }

        @Override
        public BlobOrigin origin() throws IOException {
            return new AuditedOrigin(registryBlob(), "bk_download", flows.downloads());
        }

        private RegistryBlob registryBlob() throws IOException {
            return shared().client.blob(repository, Digest.parse(digest), sizeHint.orElse(-1));
        }
    }

    private CachedBlobSource openCached(String digest, BlobOrigin origin, OptionalLong sizeHint, BlobEnds ends)
            throws IOException {
        int unitBytes = settings.cache().refillUnitBytes();
        CachedBlobSource blob = shared().cache.open(digest, origin, ends.hint(sizeHint, unitBytes));
        try {
            long startBytes = blob.sizeBytes() - ends.tailBytes(blob.sizeBytes(), unitBytes);
            blob.prefetch(startBytes, blob.sizeBytes() - startBytes);
            return blob;
        } catch (IOException | RuntimeException e) {
            blob.close();
            throw e;
        }
    }

    /** The cache if there is one by now; it is closed with this. */
    synchronized Optional<BlobCache> cache() {
        return shared == null ? Optional.empty() : Optional.of(shared.cache);
    }

    synchronized long cacheLimitBytes() {
        return cacheLimitBytes;
    }

    /** Where reads of remote layers are counted. */
    Flow reads() {
        return flows.reads();
    }

    /** Takes from other settings what may change while blobs are open: credentials, and the size of the cache. */
    synchronized void reconfigure(RemoteSettings other) {
        settings.credentials().replaceBy(other.credentials());
        cacheLimitBytes = other.cache().limitBytes();
        if (shared != null) {
            shared.cache.setLimitBytes(cacheLimitBytes);
        }
    }

    /** Makes the client, which opens no connection, so that the first blob need not wait for what the VM loads for it. */
    void prepare() throws IOException {
        client();
    }

    private synchronized RegistryClient client() throws IOException {
        if (closed) {
            throw new IOException("the image service is closed");
        }
        if (client == null) {
            client = RegistryClient.open(settings.registry().get());
        }
        return client;
    }

    private synchronized Shared shared() throws IOException {
        RegistryClient ready = client();
        if (shared == null) {
            BlobCache cache = openCache();
            shared = new Shared(ready, cache, trimmer(cache));
        }
        return shared;
    }

    private BlobCache openCache() throws IOException {
        try {
            return BlobCache.open(settings.cache().withLimitBytes(cacheLimitBytes));
        } catch (IOException e) {
            String problem = e instanceof FileSystemException file ? cannotUse(file) : e.getMessage();
            throw new IOException(
                    problem + "; set cacheConfig.cacheDir to a directory that this process alone may use", e);
        }
    }

    /** The JDK's file exceptions say what went wrong only by their class. */
    private static String cannotUse(FileSystemException e) {
        boolean denied = e instanceof AccessDeniedException;
        return "cannot use the cache directory: " + (denied ? e.getMessage() + ": permission denied" : e.toString());
    }

    private static ScheduledExecutorService trimmer(BlobCache cache) {
        ScheduledExecutorService trimmer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "obd-cache-trim");
            thread.setDaemon(true);
            return thread;
        });
        trimmer.scheduleWithFixedDelay(cache::trim, TRIM_SECONDS, TRIM_SECONDS, TimeUnit.SECONDS);
        return trimmer;
    }

    synchronized ServiceMetrics metrics() {
        return shared == null
                ? ServiceMetrics.NONE
                : ServiceMetrics.of(shared.client.metrics(), shared.cache.metrics());
    }

    synchronized RemoteMetrics remoteMetrics() {
        return shared == null
                ? new RemoteMetrics(RegistryMetrics.none(), CacheMetrics.NONE, 0, cacheLimitBytes)
                : new RemoteMetrics(
                        shared.client.metrics(), shared.cache.metrics(), shared.cache.usedBytes(), cacheLimitBytes);
    }

    /** Ends requests under way, then closes the cache. */
    @Override
    public synchronized void close() {
        closed = true;
        if (shared != null) {
            shared.trimmer.shutdownNow();
        }
        if (client != null) {
            client.close();
        }
        if (shared != null) {
            shared.cache.close();
        }
    }
}
