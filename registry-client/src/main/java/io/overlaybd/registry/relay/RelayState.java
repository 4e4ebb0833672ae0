package io.overlaybd.registry.relay;

import java.util.concurrent.atomic.LongAdder;

/** A relay, how it does, and what was asked of it. Thread-safe. */
public final class RelayState {

    private final Relay relay;
    private final RelayHealth health = new RelayHealth();
    private final LongAdder requests = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final LongAdder wrongBytes = new LongAdder();

    /** A relay that was not asked yet and is thought to work. */
    public RelayState(Relay relay) {
        this.relay = relay;
    }

    /** The relay. */
    public Relay relay() {
        return relay;
    }

    /** Whether to send a request now. Who is told yes tells afterwards, by one of the next three, what came of it. */
    public boolean admit(long nowNanos) {
        if (!health.admit(nowNanos)) {
            return false;
        }
        requests.increment();
        return true;
    }

    /** It gave what it was asked for. */
    public void succeeded() {
        health.succeeded();
    }

    /** It could not be reached, broke off, or said what cannot be right. */
    public void failed(long nowNanos) {
        failures.increment();
        health.failed(nowNanos);
    }

    /** It works, but did not give this: it does not have it, or does not let us in. */
    public void refused() {
        refusals.increment();
        health.succeeded();
    }

    /** The request ended for reasons that are not the relay's. */
    public void released() {
        health.released();
    }

    /** What it gave was found wrong later. */
    public void gaveWrongBytes(long nowNanos) {
        wrongBytes.increment();
        health.failed(nowNanos);
    }

    /** How it did until now. */
    public RelayMetrics metrics() {
        return new RelayMetrics(
                relay.kind(),
                relay.address(),
                relay.registry(),
                requests.sum(),
                failures.sum(),
                refusals.sum(),
                wrongBytes.sum(),
                health.works());
    }
}
