package io.overlaybd.cache;

import io.overlaybd.cache.policy.ClockPolicy;
import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.sys.FreeSpace;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of blobs, each a sparse file of the bytes fetched so far. Bytes leave it only after their checksum was seen
 * to be right in this process's life; so neither a power loss nor a kill nor a foreign hand makes it give wrong ones.
 *
 * <p>A broken or full disk costs speed, never a read: what cannot be kept is fetched again.
 *
 * <p>Thread-safety: any thread may call any method. Opening a blob may wait for its origin or for a hash of its file;
 * nothing else waits for that opening but another one of the same blob.
 */
public final class BlobCache implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(BlobCache.class);

    private final CacheDirectory directory;
    private final CacheServices services;
    private final StoreOpener opener;
    private final Map<BlobDigest, CacheEntry> entries;

    private CacheMetrics closedBlobs = CacheMetrics.NONE; // guarded by this
    private volatile boolean closed;

    private BlobCache(CacheDirectory directory, CacheServices services, Map<BlobDigest, CacheEntry> entries) {
        this.directory = directory;
        this.services = services;
        this.opener = new StoreOpener(services);
        this.entries = entries;
    }

    /**
     * Opens the cache in a directory, which it then owns alone.
     *
     * @throws IOException if another process or cache has the directory, or it cannot be used
     */
    public static BlobCache open(CacheOptions options) throws IOException {
        Path directory = Files.createDirectories(options.directory());
        return open(options, () -> FreeSpace.usableBytes(directory));
    }

    /** {@link #open(CacheOptions)} with free space as the caller tells it. */
    static BlobCache open(CacheOptions options, Capacity.FreeSpace freeSpace) throws IOException {
        return open(options, freeSpace, CacheFile::open);
    }

    /** {@link #open(CacheOptions, Capacity.FreeSpace)} with files that the caller opens. */
    static BlobCache open(CacheOptions options, Capacity.FreeSpace freeSpace, CacheFile.Opener files)
            throws IOException {
        CacheDirectory directory = CacheDirectory.open(options.directory());
        try {
            Map<BlobDigest, CacheEntry> entries = new ConcurrentHashMap<>();
            Capacity capacity = new Capacity(options.limitBytes(), options.freeSpaceFloorBytes(), freeSpace);
            CacheServices services = new CacheServices(
                    options,
                    capacity,
                    new Evictor(capacity, entries, new ClockPolicy()),
                    new FetchBuffers(options.unitBytes(), options.unitsPerRefill(), options.fetchMemoryBytes()),
                    new Turns(new Link(System::nanoTime), options.fetchMemoryBytes() / 2),
                    new Background(),
                    files,
                    new Warnings(options.clock()));
            BlobCache cache = new BlobCache(directory, services, entries);
            cache.takeInWhatLiesThere();
            return cache;
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    private void takeInWhatLiesThere() throws IOException {
        directory.removeOrphans();
        for (BlobDigest digest : directory.blobs()) {
            CacheEntry entry = newEntry(digest);
            try {
                entry.takeIn();
                entries.put(digest, entry);
            } catch (IOException e) {
                LOG.warn("cannot look at cached blob {}: {}", digest, e.toString());
            }
        }
        trim();
    }

    private CacheEntry newEntry(BlobDigest digest) {
        return new CacheEntry(digest, directory, services.capacity());
    }

    /**
     * Opens a blob. If its record or its complete file lies here, the origin is not asked; else its first refill unit is
     * fetched, which tells the length.
     *
     * @param digest {@code sha256:} and 64 lower-case hex digits
     * @param origin asked for what is missing; closed with the returned source
     * @param sizeHint length that the configuration states; a difference is logged, the true length counts
     */
    public CachedBlobSource open(String digest, BlobOrigin origin, OptionalLong sizeHint) throws IOException {
        return open(digest, origin, BlobHint.ofSize(sizeHint));
    }

    /** {@link #open(String, BlobOrigin, OptionalLong)} for who can say more than the length. */
    public CachedBlobSource open(String digest, BlobOrigin origin, BlobHint hint) throws IOException {
        BlobDigest name = BlobDigest.parse(digest);
        while (true) {
            CacheEntry entry = entries.computeIfAbsent(name, this::newEntry);
            entry.lock().lock();
            try {
                if (!entry.isGone()) {
                    return open(entry, origin, hint);
                }
            } finally {
                entry.lock().unlock();
            }
        }
    }

    private CachedBlobSource open(CacheEntry entry, BlobOrigin origin, BlobHint hint) throws IOException {
        if (closed) {
            throw new IOException("the cache in " + directory.path() + " is closed");
        }
        BlobStore store = entry.store() == null ? openStore(entry, origin, hint) : entry.store();
        entry.opened(store);
        entry.markUsed(services.options().clock().instant());
        OptionalLong stated = hint.sizeBytes();
        if (stated.isPresent() && stated.getAsLong() != store.sizeBytes()) {
            LOG.warn(
                    "{} has {} bytes, not {} as the configuration says",
                    origin.name(),
                    store.sizeBytes(),
                    stated.getAsLong());
        }
        return new CachedBlobSource(this, entry, store, origin);
    }

    private BlobStore openStore(CacheEntry entry, BlobOrigin origin, BlobHint hint) throws IOException {
        BlobStore store = null;
        try {
            store = opener.open(entry, origin, hint);
            return store;
        } finally {
            if (store == null && Files.notExists(entry.dataPath())) {
                entry.remove();
                entries.remove(entry.digest(), entry);
            }
        }
    }

    /** One source less. */
    void release(CacheEntry entry) {
        entry.lock().lock();
        try {
            if (entry.closedOnce()) {
                closeStore(entry);
            }
        } finally {
            entry.lock().unlock();
        }
    }

    private void closeStore(CacheEntry entry) {
        BlobStore store = entry.store();
        if (store != null) {
            store.close();
            entry.markUsed(services.options().clock().instant());
            synchronized (this) {
                entry.closedWholly();
                closedBlobs = closedBlobs.plus(store.metrics());
            }
            if (entries.values().stream().allMatch(other -> other.store() == null)) {
                services.buffers().letGo();
            }
        }
    }

    /** Enforces size limit and free-space floor; for a timer, since another process may fill the disk. */
    public void trim() {
        services.evictor().makeRoom(0);
    }

    /** Replaces the limit that the cache was opened with; what is over it goes with the next {@link #trim()}. */
    public void setLimitBytes(long bytes) {
        services.capacity().setLimitBytes(bytes);
    }

    /**
     * Gives up what is cached; who needs it again fetches it again.
     *
     * @param inUse of blobs that are open too, as far as nobody is working on it
     * @return how many bytes that freed
     */
    public long clear(boolean inUse) {
        return services.evictor().evictAll(inUse);
    }

    /** Space that one blob takes now, in bytes; 0 if nothing of it is here. */
    public long usedBytes(String digest) throws IOException {
        CacheEntry entry = entries.get(BlobDigest.parse(digest));
        return entry == null ? 0 : entry.allocatedBytes();
    }

    /** How many blobs there is something of. */
    public int blobs() {
        return entries.size();
    }

    /** Space that blobs and records take now, in bytes. */
    public long usedBytes() {
        return services.capacity().usedBytes();
    }

    /** What happened since the cache was opened, in all blobs. */
    public synchronized CacheMetrics metrics() {
        CacheMetrics total = closedBlobs;
        for (CacheEntry entry : entries.values()) {
            BlobStore store = entry.store();
            total = store == null ? total : total.plus(store.metrics());
        }
        return total;
    }

    /** Closes every blob that is still open, then lets the directory go. Idempotent. */
    @Override
    public void close() {
        closed = true;
        services.background().close();
        for (CacheEntry entry : entries.values()) {
            entry.lock().lock();
            try {
                closeStore(entry);
            } finally {
                entry.lock().unlock();
            }
        }
        directory.close();
    }
}
