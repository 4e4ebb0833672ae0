package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.overlaybd.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class MemoryBudgetTest {

    private static final int OWN = 100;
    private static final int MAX = 1000;

    private final MemoryBudget budget = new MemoryBudget(2000);

    /** A connection: whether it was told that there is room, and what it may hold. */
    private static final class Connection {
        final EmbeddedChannel channel = new EmbeddedChannel();
        final Allowance memory;
        private int wakes;

        Connection(MemoryBudget budget) {
            memory = new Allowance(channel, budget, OWN, MAX, () -> wakes++);
        }

        boolean wasWoken() {
            channel.runPendingTasks();
            boolean woken = wakes > 0;
            wakes = 0;
            return woken;
        }
    }

    private Connection connection() {
        return new Connection(budget);
    }

    @Test
    void eachHasItsOwnWhateverOthersHold() {
        Connection greedy = connection();
        assertTrue(greedy.memory.take(2000 + OWN));
        assertEquals(0, budget.freeBytes());
        Connection other = connection();
        assertTrue(other.memory.take(OWN));
        assertFalse(other.memory.take(1));
        other.memory.give(OWN);
        assertTrue(other.memory.take(OWN));
    }

    @Test
    void nothingMoreIsLetHaveWhileTheMostIsHeld() {
        Connection one = connection();
        assertTrue(one.memory.take(MAX - 1));
        assertTrue(one.memory.take(500));
        assertFalse(one.memory.take(1));
        one.memory.give(500);
        assertTrue(one.memory.take(1));
    }

    @Test
    void whoNeedsMuchIsNotPassedByOthers() {
        Connection first = connection();
        Connection second = connection();
        Connection third = connection();
        assertTrue(first.memory.take(OWN + 1500));
        assertFalse(second.memory.take(OWN + 800));
        assertFalse(third.memory.take(OWN + 1));
        first.memory.give(200);
        assertTrue(second.wasWoken());
        assertFalse(third.wasWoken());
        assertFalse(second.memory.take(OWN + 800));
        first.memory.give(300);
        assertTrue(second.wasWoken());
        assertTrue(second.memory.take(OWN + 800));
        assertTrue(third.wasWoken());
        assertTrue(third.memory.take(OWN + 1));
    }

    @Test
    void whoLeavesTheLineLetsTheNextGoOn() {
        Connection first = connection();
        Connection second = connection();
        Connection third = connection();
        assertTrue(first.memory.take(OWN + 1500));
        assertFalse(second.memory.take(OWN + 800));
        assertFalse(third.memory.take(OWN + 400));
        second.memory.leave();
        assertTrue(third.wasWoken());
        assertTrue(third.memory.take(OWN + 400));
        assertFalse(third.memory.take(OWN + 400));
        assertTrue(second.memory.take(OWN), "needs no more than its own now");
    }

    @Test
    void whateverIsTakenAndGivenBackNothingIsLost(Random random) {
        List<Connection> connections = new ArrayList<>();
        List<List<Integer>> held = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            connections.add(connection());
            held.add(new ArrayList<>());
        }
        for (int step = 0; step < 20_000; step++) {
            int i = random.nextInt(8);
            Allowance memory = connections.get(i).memory;
            int bytes = 1 + random.nextInt(900);
            if (random.nextInt(20) == 0) {
                memory.leave();
            } else if (held.get(i).isEmpty() || random.nextBoolean()) {
                if (memory.take(bytes)) {
                    held.get(i).add(bytes);
                }
            } else {
                memory.give(held.get(i).remove(random.nextInt(held.get(i).size())));
            }
            long shared = held.stream()
                    .mapToLong(pieces -> Math.max(
                            0, pieces.stream().mapToInt(Integer::intValue).sum() - OWN))
                    .sum();
            assertEquals(2000 - shared, budget.freeBytes());
        }
    }
}
