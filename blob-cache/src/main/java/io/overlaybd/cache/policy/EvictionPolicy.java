package io.overlaybd.cache.policy;

import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * Chooses the victim among keys, each of which stands for a piece of cache. It is told of use and says what to give up; it
 * neither holds the pieces nor knows their size. Thread-confined.
 */
public interface EvictionPolicy {

    /** Notes that a piece was used; one that is not known yet is taken in. */
    void touch(long key);

    /** Forgets the pieces that are no longer there. */
    void removeIf(LongPredicate gone);

    /** Chooses a piece to give up and forgets it; empty if none is known. */
    OptionalLong evict();

    /** How many pieces are known. */
    int size();
}
