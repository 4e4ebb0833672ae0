package io.overlaybd.nbd;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of the process, as a signal asks for it: the shutdown hook wakes the main thread, which closes what it opened,
 * and ends the process with its exit code. Without that, a JVM that a signal ended would exit with 143, which a service
 * manager takes for a failure. Thread-safe.
 */
final class Termination {

    private static final long PATIENCE_SECONDS = 60;
    private static final int FAILED = 1;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean expected;
    private volatile int exitCode = FAILED;

    /** Lets signals come here. */
    void hook() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "obd-nbd-stop"));
    }

    private void onShutdown() {
        ask();
        if (expected) { // before that there is nothing to close, and what is on the way may not come back soon
            awaitEnd();
            Runtime.getRuntime().halt(exitCode);
        }
    }

    private void awaitEnd() {
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                exitCode = FAILED;
            }
        } catch (InterruptedException e) {
            exitCode = FAILED;
        }
    }

    /** Asks for the end. */
    void ask() {
        asked.countDown();
    }

    /** From now on there is something to close before the end. */
    void expect() {
        expected = true;
    }

    /** Returns when the end is asked for. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** Everything is closed. */
    void exit(int code) {
        exitCode = code;
        ended.countDown();
        System.exit(code);
    }
}
