package io.overlaybd.service.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** All metrics of a service, and whoever wants to add to them. Thread-safe. */
public final class Metrics {

    private final Health health = new Health();
    private final List<MetricsSource> sources = new CopyOnWriteArrayList<>();

    /** Metrics of these devices, and of the remote layers that they read. */
    public Metrics(DeviceMeters devices, Supplier<RemoteMetrics> remote) {
        sources.add(new DeviceSamples(devices));
        sources.add(new RemoteSamples(remote));
        sources.add(new ProcessSamples());
    }

    /** Adds families that nobody else has. */
    public void add(MetricsSource source) {
        sources.add(source);
    }

    /** What the probes of an orchestrator are answered from. */
    public Health health() {
        return health;
    }

    /** All families, in the order of their sources. */
    public byte[] page() {
        TextPage page = new TextPage();
        sources.forEach(source -> source.write(page));
        return page.toBytes();
    }
}
