package io.overlaybd.tcmu.loop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DeviceWorkersTest {

    @Test
    void commandsThatWaitForAWorkerAreForgottenAtTheEnd() throws InterruptedException {
        DeviceWorkers workers = new DeviceWorkers("uio1", 1);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicBoolean other = new AtomicBoolean();
        workers.execute(() -> {
            running.countDown();
            awaitQuietly(mayEnd);
        });
        workers.execute(() -> other.set(true));
        running.await();
        assertFalse(workers.close(Duration.ZERO), "one runs");
        CountDownLatch done = new CountDownLatch(1);
        workers.whenDone(done::countDown);
        mayEnd.countDown();
        done.await();
        assertTrue(workers.close(Duration.ZERO));
        assertFalse(other.get());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
