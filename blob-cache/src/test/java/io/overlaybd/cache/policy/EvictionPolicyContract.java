package io.overlaybd.cache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.Seeded;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every {@link EvictionPolicy} promises. */
@ExtendWith(Seeded.class)
abstract class EvictionPolicyContract {

    abstract EvictionPolicy newPolicy();

    @Test
    void emptyPolicyHasNoVictim() {
        EvictionPolicy policy = newPolicy();
        assertEquals(OptionalLong.empty(), policy.evict());
        assertEquals(0, policy.size());
    }

    @Test
    void victimsAreKnownKeysEachOnce(Random random) {
        EvictionPolicy policy = newPolicy();
        Set<Long> known = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(10)) {
                case 0 -> assertVictimIsKnown(policy, known);
                case 1 -> {
                    long gone = random.nextInt(16);
                    policy.removeIf(key -> key % 16 == gone);
                    known.removeIf(key -> key % 16 == gone);
                }
                default -> {
                    long key = random.nextInt(300);
                    policy.touch(key);
                    known.add(key);
                }
            }
            assertEquals(known.size(), policy.size());
        }
        while (!known.isEmpty()) {
            assertVictimIsKnown(policy, known);
        }
        assertEquals(OptionalLong.empty(), policy.evict());
    }

    private static void assertVictimIsKnown(EvictionPolicy policy, Set<Long> known) {
        OptionalLong victim = policy.evict();
        assertEquals(!known.isEmpty(), victim.isPresent());
        victim.ifPresent(key -> assertTrue(known.remove(key), "victim " + key + " is not known"));
    }

    @Test
    void hotKeysSurviveAScan() {
        EvictionPolicy policy = newPolicy();
        int hits = 0;
        Set<Long> cached = new HashSet<>();
        for (long step = 0; step < 40_000; step++) {
            long hot = step % 50;
            hits += use(policy, cached, hot);
            use(policy, cached, 1_000 + step);
        }
        assertTrue(hits > 0.99 * 40_000, hits + " hits of 40000");
    }

    /** Three of four uses go to one key of ten. Random eviction hits 66,507 times on this trace, LRU 77,796 times. */
    @Test
    void skewedTraceIsServedWell() {
        EvictionPolicy policy = newPolicy();
        Random trace = new Random(1);
        Set<Long> cached = new HashSet<>();
        int hits = 0;
        for (int step = 0; step < 100_000; step++) {
            long key = trace.nextInt(4) > 0 ? trace.nextInt(100) : trace.nextInt(1000);
            hits += use(policy, cached, key);
        }
        assertTrue(hits > 75_000, hits + " hits of 100000");
    }

    /** Plays one use against a cache of 200 pieces; answers 1 for a hit. */
    private static int use(EvictionPolicy policy, Set<Long> cached, long key) {
        int hit = cached.contains(key) ? 1 : 0;
        if (hit == 0 && cached.size() == 200) {
            cached.remove(policy.evict().getAsLong());
        }
        policy.touch(key);
        cached.add(key);
        return hit;
    }
}
