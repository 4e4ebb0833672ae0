package io.overlaybd.io.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.Seeded;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class HistogramTest {

    private final Histogram histogram = new Histogram();

    @Test
    void everyLatencyIsInTheFirstBucketThatTakesIt(Random random) {
        long[] bounds = new long[histogram.snapshot().buckets()];
        Arrays.setAll(bounds, bucket -> histogram.snapshot().boundNanos(bucket));
        for (int i = 0; i < 1000; i++) {
            long nanos = (long) Math.pow(10, random.nextDouble() * 12);
            HistogramSnapshot before = histogram.snapshot();
            histogram.record(nanos);
            HistogramSnapshot one = histogram.snapshot().since(before);
            int bucket = 0;
            while (nanos > bounds[bucket]) {
                bucket++;
            }
            assertEquals(1, one.count(bucket));
            assertEquals(1, one.count());
            assertEquals(nanos, one.sumNanos());
        }
    }

    @Test
    void quantileLiesInTheBucketOfItsRank(Random random) {
        long[] nanos =
                random.longs(2000, 1, TimeUnit.SECONDS.toNanos(10)).sorted().toArray();
        Arrays.stream(nanos).forEach(histogram::record);
        for (double share : new double[] {0.01, 0.5, 0.9, 0.99}) {
            long exact = nanos[(int) (share * nanos.length)];
            long found = histogram.snapshot().quantileNanos(share);
            assertTrue(found >= exact / 2.6 && found <= exact * 2.6, share + ": " + exact + ", found " + found);
        }
    }

    @Test
    void nothingRecordedIsZero() {
        assertEquals(0, histogram.snapshot().quantileNanos(0.99));
        assertEquals(0, HistogramSnapshot.EMPTY.count());
    }

    @Test
    void clockThatWentBackwardsCountsAsNoTime() {
        histogram.record(-5);
        assertEquals(1, histogram.snapshot().count(0));
        assertEquals(0, histogram.snapshot().sumNanos());
    }

    @Test
    void whatExceedsAllBoundsIsTheHighestOne() {
        histogram.record(TimeUnit.DAYS.toNanos(1));
        assertEquals(TimeUnit.SECONDS.toNanos(30), histogram.snapshot().quantileNanos(0.5));
    }
}
