package io.overlaybd.io.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.io.metrics.RecentReads.Row;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageTimesTest {

    private static final long MILLI = 1_000_000;

    private final DeviceMeter meter = new DeviceMeter();

    private static void spin(long nanos) {
        for (long start = System.nanoTime(); System.nanoTime() - start < nanos; ) {
            Thread.onSpinWait();
        }
    }

    private Row read(Runnable work) {
        PendingIo io = meter.begin(Kind.READ, System.nanoTime());
        io.start();
        work.run();
        io.end(512, false);
        return meter.recent().last(1).get(0);
    }

    private static void within(Stage stage, Runnable work) {
        Stage before = StageTimes.enter(stage);
        work.run();
        StageTimes.leave(before);
    }

    @Test
    void threadThatNobodyMeasuresIsLeftAlone() {
        assertNull(StageTimes.enter(Stage.DECOMPRESS));
        StageTimes.leave(null);
        StageTimes.move(Stage.INDEX, Stage.QUEUE, 1);
        StageTimes.asked("host");
    }

    @Test
    void nestedStageTakesItsTimeFromTheOneAroundIt() {
        Row row = read(() -> within(Stage.CACHE_READ, () -> {
            spin(MILLI);
            within(Stage.CHECKSUM, () -> spin(3 * MILLI));
        }));
        assertTrue(row.micros(Stage.CHECKSUM) >= 3000, row::toString);
        assertTrue(row.micros(Stage.CACHE_READ) >= 1000, row::toString);
        int sum = Arrays.stream(row.stageMicros()).sum();
        assertTrue(Math.abs(row.totalMicros() - sum) <= Stage.values().length, row.totalMicros() + " of " + sum);
    }

    @Test
    void gettingATokenIsOneStageWhateverItTakes() {
        Row row = read(() -> within(Stage.REGISTRY_AUTH, () -> {
            within(Stage.REGISTRY_FIRST_BYTE, () -> spin(MILLI));
            StageTimes.asked("token server");
        }));
        assertTrue(row.micros(Stage.REGISTRY_AUTH) >= 1000, row::toString);
        assertEquals(0, row.micros(Stage.REGISTRY_FIRST_BYTE));
        assertNull(row.origin());
    }

    @Test
    void partOfAStageIsMovedToAnother() {
        Row row = read(() -> within(Stage.REGISTRY_FIRST_BYTE, () -> {
            spin(2 * MILLI);
            StageTimes.move(Stage.REGISTRY_FIRST_BYTE, Stage.REGISTRY_CONNECT, MILLI);
        }));
        assertEquals(1000, row.micros(Stage.REGISTRY_CONNECT));
        assertTrue(row.micros(Stage.REGISTRY_FIRST_BYTE) >= 1000, row::toString);
        assertEquals(1, meter.remoteReads());
    }

    @Test
    void measurementEndsWithItsOperation() {
        read(() -> {});
        assertNull(StageTimes.enter(Stage.DECOMPRESS));
        assertEquals(0, meter.pending().size());
    }

    @Test
    void lastReadsAreRememberedAndOlderOnesForgotten() {
        for (int i = 0; i < RecentReads.CAPACITY + 5; i++) {
            int number = i;
            read(() -> StageTimes.asked("host" + number));
        }
        List<Row> last = meter.recent().last(Integer.MAX_VALUE);
        assertEquals(RecentReads.CAPACITY, last.size());
        assertEquals("host" + (RecentReads.CAPACITY + 4), last.get(0).origin());
        assertEquals("host5", last.get(RecentReads.CAPACITY - 1).origin());
    }

    @Test
    void writesAndFailuresAreCountedApart() {
        PendingIo write = meter.begin(Kind.WRITE, System.nanoTime());
        write.start();
        write.end(0, true);
        assertEquals(1, meter.failures(Kind.WRITE));
        assertEquals(0, meter.failures(Kind.READ));
        assertEquals(0, meter.recent().last(1).size());
    }
}
