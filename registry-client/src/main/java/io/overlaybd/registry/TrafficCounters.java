package io.overlaybd.registry;

import io.overlaybd.io.metrics.Histogram;
import io.overlaybd.registry.Traffic.Kind;
import io.overlaybd.registry.Traffic.Status;
import io.overlaybd.registry.relay.RelayMetrics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import okhttp3.HttpUrl;

/** Counts what a client sends and how it is answered; a {@link RegistryMetrics} is taken from it. Thread-safe. */
final class TrafficCounters {

    private final Map<Kind, Map<Status, LongAdder>> requests = new EnumMap<>(Kind.class);
    private final Map<Kind, Histogram> answers = new EnumMap<>(Kind.class);
    private final LongAdder sent = new LongAdder();
    private final LongAdder retries = new LongAdder();

    TrafficCounters() {
        for (Kind kind : Kind.values()) {
            Map<Status, LongAdder> byStatus = new EnumMap<>(Status.class);
            for (Status status : Status.values()) {
                byStatus.put(status, new LongAdder());
            }
            requests.put(kind, byStatus);
            answers.put(kind, new Histogram());
        }
    }

    /** What a URL of the protocol asks for; a realm for tokens may have any. */
    static Kind kindOf(HttpUrl asked) {
        String path = asked.encodedPath();
        if (!path.contains("/v2/")) {
            return Kind.OTHER;
        }
        if (path.contains("/blobs/uploads")) {
            return Kind.UPLOAD;
        }
        return path.contains("/blobs/") ? Kind.BLOB : path.contains("/manifests/") ? Kind.MANIFEST : Kind.OTHER;
    }

    void sent() {
        sent.increment();
    }

    void answered(Kind kind, Status status, long nanos) {
        requests.get(kind).get(status).increment();
        answers.get(kind).record(nanos);
    }

    void retried() {
        retries.increment();
    }

    RegistryMetrics snapshot(long tokenRequests, List<RelayMetrics> relays) {
        Map<Kind, Traffic> traffic = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            Map<Status, Long> byStatus = new EnumMap<>(Status.class);
            requests.get(kind).forEach((status, count) -> byStatus.put(status, count.sum()));
            traffic.put(kind, new Traffic(byStatus, answers.get(kind).snapshot()));
        }
        return new RegistryMetrics(sent.sum(), tokenRequests, retries.sum(), traffic, relays);
    }
}
