package io.overlaybd.registry;

import java.time.Duration;
import java.time.Instant;

/** Where time comes from, so that a test need not wait for it. Thread-safe. */
public interface TimeSource {

    /** The time of the machine. */
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
        }
    };

    /** A clock that only ever goes forward, in nanoseconds from an arbitrary start. */
    long nanoTime();

    /** The date, for what servers say in dates. */
    Instant now();

    /** Waits. */
    void sleep(Duration duration) throws InterruptedException;
}
