package io.overlaybd.cache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ClockPolicyTest extends EvictionPolicyContract {

    @Override
    EvictionPolicy newPolicy() {
        return new ClockPolicy();
    }

    @Test
    void whatWasUsedAgainHasASecondChance() {
        EvictionPolicy policy = newPolicy();
        for (long key : new long[] {1, 2, 3, 1, 2}) {
            policy.touch(key);
        }
        assertEquals(3, policy.evict().getAsLong());
        assertEquals(1, policy.evict().getAsLong());
        assertEquals(2, policy.evict().getAsLong());
    }
}
