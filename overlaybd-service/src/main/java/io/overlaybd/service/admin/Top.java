package io.overlaybd.service.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.io.metrics.HistogramSnapshot;
import io.overlaybd.service.ImageService;
import io.overlaybd.service.ServiceMetrics;
import io.overlaybd.service.metrics.DeviceEntry;
import java.io.InterruptedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What devices do within some seconds. Thread-confined. */
final class Top {

    private static final double NANOS_OF_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final double MEDIAN = 0.5;
    private static final double LONGEST_OF_A_HUNDRED = 0.99;

    /** A device at one moment. */
    private record Look(
            HistogramSnapshot reads,
            HistogramSnapshot writes,
            long readBytes,
            long writtenBytes,
            long inline,
            long remote) {
        static Look at(DeviceMeter meter) {
            return new Look(
                    meter.latencies(Kind.READ),
                    meter.latencies(Kind.WRITE),
                    meter.bytes(Kind.READ),
                    meter.bytes(Kind.WRITE),
                    meter.inlineReads(),
                    meter.remoteReads());
        }
    }

    private final ImageService images;

    Top(ImageService images) {
        this.images = images;
    }

    /** Looks, waits, and looks again; devices that came meanwhile are told from their begin. */
    ObjectNode over(int seconds) throws InterruptedIOException {
        Map<DeviceEntry, Look> before = new LinkedHashMap<>();
        images.devices().all().forEach(entry -> before.put(entry, Look.at(entry.meter())));
        ServiceMetrics remoteBefore = images.metrics();
        long startNanos = System.nanoTime();
        pause(seconds);
        double elapsed = (System.nanoTime() - startNanos) / NANOS_OF_SECOND;
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("seconds", elapsed);
        ArrayNode devices = node.putArray("devices");
        Look nothing = Look.at(new DeviceMeter());
        for (DeviceEntry entry : images.devices().all()) {
            write(devices.addObject(), entry, before.getOrDefault(entry, nothing), elapsed);
        }
        writeRemote(node.putObject("registry"), remoteBefore, images.metrics(), elapsed);
        return node;
    }

    private static void pause(int seconds) throws InterruptedIOException {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static void write(ObjectNode node, DeviceEntry entry, Look before, double seconds) {
        Look now = Look.at(entry.meter());
        HistogramSnapshot reads = now.reads.since(before.reads);
        HistogramSnapshot writes = now.writes.since(before.writes);
        node.put("name", entry.info().name())
                .put("frontend", entry.info().frontend())
                .put("serving", entry.isServing())
                .put("readsPerSecond", reads.count() / seconds)
                .put("writesPerSecond", writes.count() / seconds)
                .put("readBytesPerSecond", (now.readBytes - before.readBytes) / seconds)
                .put("writtenBytesPerSecond", (now.writtenBytes - before.writtenBytes) / seconds)
                .put("inFlight", entry.meter().pending().size());
        if (reads.count() > 0) {
            node.put("inlineShare", (double) (now.inline - before.inline) / reads.count())
                    .put("hitShare", 1 - (double) (now.remote - before.remote) / reads.count());
        }
        writeLatency(node, "read", reads);
        writeLatency(node, "write", writes);
    }

    private static void writeLatency(ObjectNode node, String what, HistogramSnapshot latencies) {
        if (latencies.count() > 0) {
            node.put(what + "P50Micros", TimeUnit.NANOSECONDS.toMicros(latencies.quantileNanos(MEDIAN)))
                    .put(
                            what + "P99Micros",
                            TimeUnit.NANOSECONDS.toMicros(latencies.quantileNanos(LONGEST_OF_A_HUNDRED)));
        }
    }

    private static void writeRemote(ObjectNode node, ServiceMetrics before, ServiceMetrics now, double seconds) {
        node.put("requestsPerSecond", (now.upstreamRequests() - before.upstreamRequests()) / seconds)
                .put("bytesPerSecond", (now.bytesFromUpstream() - before.bytesFromUpstream()) / seconds);
    }
}
