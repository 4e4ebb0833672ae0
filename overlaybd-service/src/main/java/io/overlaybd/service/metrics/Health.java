package io.overlaybd.service.metrics;

import java.util.List;
import java.util.function.Supplier;

/** Whether the daemon does what it is there for. Thread-safe. */
public final class Health {

    private volatile Supplier<List<String>> waitingFor = () -> List.of("the start of the daemon");

    /** The daemon has begun; it is ready when there is nothing left that it waits for. */
    public void started(Supplier<List<String>> whatItWaitsFor) {
        waitingFor = whatItWaitsFor;
    }

    /** What is still to come before the daemon is ready, each in some words; empty if it is. */
    public List<String> waitingFor() {
        return waitingFor.get();
    }
}
