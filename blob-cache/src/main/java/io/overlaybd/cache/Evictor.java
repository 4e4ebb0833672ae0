package io.overlaybd.cache;

import io.overlaybd.cache.policy.EvictionPolicy;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes room: whole blobs that nobody has open, least recently used first; when those are gone, groups of units of open
 * blobs, as the policy says.
 *
 * <p>Reads only mark the groups that they use, without a lock; a run collects the marks and tells the policy. So the order
 * of use within the time between two runs is lost, and a read costs nothing.
 *
 * <p>Thread-safety: one run at a time, under the object's monitor. A run waits for no reader and for no opening: what is
 * busy is passed over. So whoever holds units or is opening a blob may call it.
 */
final class Evictor {

    private static final Logger LOG = LoggerFactory.getLogger(Evictor.class);

    /** More than needed is freed at once, so that not every write pays for a run. */
    private static final int SLACK_DIVISOR = 16;

    private final Capacity capacity;
    private final Map<BlobDigest, CacheEntry> entries;
    private final EvictionPolicy policy;

    Evictor(Capacity capacity, Map<BlobDigest, CacheEntry> entries, EvictionPolicy policy) {
        this.capacity = capacity;
        this.entries = entries;
        this.policy = policy;
    }

    /** Reserves space, after making room if it must; false if there is no way. */
    boolean reserve(long bytes) {
        if (capacity.tryReserve(bytes)) {
            return true;
        }
        if (bytes > capacity.limitBytes()) {
            return false;
        }
        makeRoom(bytes);
        return capacity.tryReserve(bytes);
    }

    /** Frees what is missing to write {@code bytes} more; 0 enforces the limits as they stand. */
    synchronized void makeRoom(long bytes) {
        long shortfall = capacity.shortfall(bytes);
        if (shortfall <= 0) {
            return;
        }
        long goal = shortfall + capacity.limitBytes() / SLACK_DIVISOR;
        long freed = evictClosedBlobs(goal);
        freed += evictGroups(goal - freed);
        LOG.debug("evicted {} bytes, wanted {}", freed, goal);
    }

    /**
     * Frees all that can be.
     *
     * @param inUse what is cached of open blobs too
     * @return how many bytes that were
     */
    synchronized long evictAll(boolean inUse) {
        long freed = evictClosedBlobs(Long.MAX_VALUE);
        return inUse ? freed + evictGroups(Long.MAX_VALUE - freed) : freed;
    }

    private long evictClosedBlobs(long goal) {
        long freed = 0;
        record Candidate(CacheEntry entry, Instant lastUsed) {}
        List<Candidate> oldestFirst = entries.values().stream()
                .filter(entry -> entry.store() == null)
                .map(entry -> new Candidate(entry, entry.lastUsed()))
                .sorted(Comparator.comparing(Candidate::lastUsed))
                .toList();
        for (Candidate candidate : oldestFirst) {
            if (freed >= goal) {
                break;
            }
            freed += evictClosedBlob(candidate.entry);
        }
        return freed;
    }

    private long evictClosedBlob(CacheEntry entry) {
        // The lock is reentrant: whoever makes room while opening a blob must not remove that very one.
        if (entry.lock().isHeldByCurrentThread() || !entry.lock().tryLock()) {
            return 0;
        }
        try {
            if (entry.store() != null || entry.isGone()) {
                return 0;
            }
            long allocatedBytes = entry.allocatedBytes();
            entry.remove();
            entries.remove(entry.digest(), entry);
            return allocatedBytes;
        } catch (IOException e) {
            LOG.warn("cannot remove cached blob {}: {}", entry.digest(), e.toString());
            return 0;
        } finally {
            entry.lock().unlock();
        }
    }

    private long evictGroups(long goal) {
        if (goal <= 0) {
            return 0;
        }
        Map<Integer, BlobStore> open = openStores(entries.values());
        policy.removeIf(key -> !open.containsKey(storeOf(key)));
        open.values().forEach(store -> store.drainTouched(group -> policy.touch(key(store.id(), group))));
        Set<BlobStore> stuck = new HashSet<>();
        long freed = 0;
        while (freed < goal) {
            OptionalLong victim = policy.evict();
            if (victim.isEmpty()) {
                break;
            }
            freed += evictGroup(open.get(storeOf(victim.getAsLong())), (int) victim.getAsLong(), stuck);
        }
        return freed;
    }

    /** The policy has forgotten the group; what cannot be freed of it now has to be made known to the next run. */
    private static long evictGroup(BlobStore store, int group, Set<BlobStore> stuck) {
        if (stuck.contains(store)) { // dropping more of it in this run would gain nothing
            store.touchGroup(group);
            return 0;
        }
        OptionalLong freed = store.evictGroup(group);
        if (freed.isEmpty()) {
            stuck.add(store);
        }
        return freed.orElse(0);
    }

    private static Map<Integer, BlobStore> openStores(Collection<CacheEntry> entries) {
        Map<Integer, BlobStore> open = new HashMap<>();
        for (CacheEntry entry : entries) {
            BlobStore store = entry.store();
            if (store != null) {
                open.put(store.id(), store);
            }
        }
        return open;
    }

    private static long key(int storeId, int group) {
        return (long) storeId << Integer.SIZE | group;
    }

    private static int storeOf(long key) {
        return (int) (key >>> Integer.SIZE);
    }
}
