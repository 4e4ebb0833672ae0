package io.overlaybd.service.metrics;

import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.io.metrics.PendingIo;
import io.overlaybd.io.metrics.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** Metrics of the devices: of each, and of all together, in which those that are no more stay. Thread-safe. */
final class DeviceSamples implements MetricsSource {

    /** What is under way for longer than this hangs. */
    static final long HUNG_NANOS = 30_000_000_000L;

    private static final String DEVICE = "device";
    private static final String OPERATION = "operation";

    /** What has one label. */
    private record Labelled(String label, DeviceTotals totals, List<DeviceMeter> now) {}

    private final DeviceMeters devices;

    DeviceSamples(DeviceMeters devices) {
        this.devices = devices;
    }

    @Override
    public void write(TextPage page) {
        List<DeviceEntry> entries = devices.all();
        List<Labelled> labelled = labelled(entries);
        page.gauge("overlaybd_devices", "Devices that are served now.").sample(entries.size());
        page.gauge("overlaybd_devices_without_image", "Devices whose image is not open yet: they answer NOT READY.")
                .sample(entries.stream().filter(entry -> !entry.isServing()).count());
        writeInfo(page, entries);
        writeEach(page, labelled);
        writeMoments(page, labelled);
        writeTotals(page, devices.totals());
    }

    private List<Labelled> labelled(List<DeviceEntry> entries) {
        List<Labelled> labelled = new ArrayList<>();
        entries.stream()
                .filter(entry -> !entry.label().equals(DeviceMeters.OTHERS))
                .map(entry -> new Labelled(entry.label(), DeviceTotals.of(entry.meter()), List.of(entry.meter())))
                .forEach(labelled::add);
        devices.others()
                .ifPresent(others -> labelled.add(new Labelled(DeviceMeters.OTHERS, others, devices.othersNow())));
        return labelled;
    }

    private static void writeInfo(TextPage page, List<DeviceEntry> entries) {
        page.gauge("overlaybd_device_info", "1 for each device: what it serves, and under which names.");
        entries.stream()
                .filter(entry -> !entry.label().equals(DeviceMeters.OTHERS))
                .forEach(entry -> page.sample(
                        1,
                        DEVICE,
                        entry.label(),
                        "frontend",
                        Labels.clean(entry.info().frontend()),
                        "config",
                        Labels.clean(entry.info().config()),
                        "dev_id",
                        Labels.clean(entry.info().devId())));
    }

    private static void writeEach(TextPage page, List<Labelled> labelled) {
        page.histogram(
                "overlaybd_device_operation_seconds",
                "Latency of a device's operations, from being taken up until being answered.");
        each(
                labelled,
                (one, kind) -> page.latencies(one.totals.latency(kind), DEVICE, one.label, OPERATION, kind.label()));
        page.counter("overlaybd_device_bytes_total", "Bytes that a device's operations moved.");
        each(labelled, (one, kind) -> page.sample(one.totals.bytes(kind), DEVICE, one.label, OPERATION, kind.label()));
        page.counter("overlaybd_device_failures_total", "Operations of a device that were answered with an error.");
        each(
                labelled,
                (one, kind) -> page.sample(one.totals.failures(kind), DEVICE, one.label, OPERATION, kind.label()));
        page.counter("overlaybd_device_inline_reads_total", "Reads of a device that waited for nothing.");
        labelled.forEach(one -> page.sample(one.totals.inlineReads(), DEVICE, one.label));
        page.counter("overlaybd_device_remote_reads_total", "Reads of a device that waited for a registry.");
        labelled.forEach(one -> page.sample(one.totals.remoteReads(), DEVICE, one.label));
    }

    /** A sample of a device and a kind of operation. */
    private interface Writer {
        void write(Labelled one, Kind kind);
    }

    private static void each(List<Labelled> labelled, Writer writer) {
        for (Labelled one : labelled) {
            Stream.of(Kind.values()).forEach(kind -> writer.write(one, kind));
        }
    }

    private static void writeMoments(TextPage page, List<Labelled> labelled) {
        moment(
                page,
                labelled,
                "overlaybd_device_in_flight",
                "Operations under way that may have to wait.",
                ios -> ios.size());
        moment(
                page,
                labelled,
                "overlaybd_device_hung",
                "Operations under way for more than 30 seconds.",
                ios -> ios.stream().filter(io -> io.ageNanos() > HUNG_NANOS).count());
        page.gauge("overlaybd_device_oldest_seconds", "For how long the oldest operation has been under way.");
        labelled.forEach(one -> page.seconds(
                pending(one).stream().mapToLong(PendingIo::ageNanos).max().orElse(0), DEVICE, one.label));
    }

    private static void moment(
            TextPage page,
            List<Labelled> labelled,
            String name,
            String help,
            ToLongFunction<Collection<PendingIo>> value) {
        page.gauge(name, help);
        labelled.forEach(one -> page.sample(value.applyAsLong(pending(one)), DEVICE, one.label));
    }

    private static Collection<PendingIo> pending(Labelled one) {
        return one.now.stream().flatMap(meter -> meter.pending().stream()).toList();
    }

    private static void writeTotals(TextPage page, DeviceTotals totals) {
        page.histogram("overlaybd_operation_seconds", "Latency of all operations, of devices that are no more too.");
        Stream.of(Kind.values()).forEach(kind -> page.latencies(totals.latency(kind), OPERATION, kind.label()));
        page.counter("overlaybd_bytes_total", "Bytes that all operations moved.");
        Stream.of(Kind.values()).forEach(kind -> page.sample(totals.bytes(kind), OPERATION, kind.label()));
        page.counter("overlaybd_failures_total", "Operations that were answered with an error.");
        Stream.of(Kind.values()).forEach(kind -> page.sample(totals.failures(kind), OPERATION, kind.label()));
        page.counter("overlaybd_inline_reads_total", "Reads that waited for nothing.")
                .sample(totals.inlineReads());
        page.counter("overlaybd_remote_reads_total", "Reads that waited for a registry.")
                .sample(totals.remoteReads());
        page.counter(
                "overlaybd_read_stage_seconds_total",
                "Where the time of all reads went that did not wait for nothing.");
        Stream.of(Stage.values()).forEach(stage -> page.seconds(totals.stageNanos(stage), "stage", stage.label()));
    }
}
