package io.overlaybd.cache.policy;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * Second chance: pieces queue in the order of their arrival, and one that was used again since then goes to the end of
 * the queue instead of out. A piece used only once has no second chance, so a scan over everything passes through the
 * queue without driving out what is in use, unlike with LRU.
 *
 * <p>Touching is one lookup. Choosing moves each piece at most once, since a moved one has lost its mark.
 */
public final class ClockPolicy implements EvictionPolicy {

    /** Oldest first; the value says whether the piece was used since it entered the queue. */
    private final LinkedHashMap<Long, Boolean> queue = new LinkedHashMap<>();

    @Override
    public void touch(long key) {
        queue.merge(key, false, (before, arrival) -> true);
    }

    @Override
    public void removeIf(LongPredicate gone) {
        queue.keySet().removeIf(gone::test);
    }

    @Override
    public OptionalLong evict() {
        while (!queue.isEmpty()) {
            Iterator<Map.Entry<Long, Boolean>> hand = queue.entrySet().iterator();
            Map.Entry<Long, Boolean> oldest = hand.next();
            long key = oldest.getKey();
            boolean used = oldest.getValue();
            hand.remove();
            if (!used) {
                return OptionalLong.of(key);
            }
            queue.put(key, false);
        }
        return OptionalLong.empty();
    }

    @Override
    public int size() {
        return queue.size();
    }
}
