package io.overlaybd.service.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {

    private static final int BLOCK_BYTES = 256 << 10;
    private static final long RATE = 4L << 20;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3)); // it may overflow

    /** The seconds that so many blocks take if everybody waits as he is told. */
    private double secondsFor(Throttle throttle, int blocks) {
        long start = nanos.get();
        for (int i = 0; i < blocks; i++) {
            nanos.addAndGet(throttle.book(BLOCK_BYTES));
        }
        return (nanos.get() - start) / 1e9;
    }

    @Test
    void bytesComeAtTheRate() {
        Throttle throttle = new Throttle(RATE, nanos::get);
        assertEquals(10, secondsFor(throttle, 160), 0.2);
        assertEquals(10, secondsFor(throttle, 160), 0.2);
    }

    @Test
    void silenceEarnsATenthOfASecondAtMost() {
        Throttle throttle = new Throttle(RATE, nanos::get);
        secondsFor(throttle, 16);
        nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
        assertTrue(secondsFor(throttle, 16) > 0.8);
    }

    @Test
    void rateZeroIsNone() {
        assertEquals(0, secondsFor(new Throttle(0, nanos::get), 1000));
    }

    @Test
    void newRateCountsFromTheNextBytesOn() {
        Throttle throttle = new Throttle(RATE, nanos::get);
        secondsFor(throttle, 16);
        throttle.setRate(2 * RATE);
        assertEquals(5, secondsFor(throttle, 160), 0.2);
        throttle.setRate(0);
        assertEquals(0, secondsFor(throttle, 160));
    }

    @Test
    void greatestRateOfAConfigDoesNotOverflow() {
        assertEquals(0, secondsFor(new Throttle((long) Integer.MAX_VALUE << 20, nanos::get), 1000), 0.1);
    }
}
