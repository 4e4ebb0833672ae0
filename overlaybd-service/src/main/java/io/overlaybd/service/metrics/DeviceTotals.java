package io.overlaybd.service.metrics;

import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.io.metrics.HistogramSnapshot;
import io.overlaybd.io.metrics.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * What one or more devices did up to a moment. Immutable.
 *
 * @param latencies by {@link Kind#ordinal}, as bytes and failures are
 * @param stageNanos by {@link Stage#ordinal}
 */
record DeviceTotals(
        List<HistogramSnapshot> latencies,
        List<Long> bytes,
        List<Long> failures,
        List<Long> stageNanos,
        long inlineReads,
        long remoteReads) {

    static final DeviceTotals NONE = of(new DeviceMeter());

    static DeviceTotals of(DeviceMeter meter) {
        List<HistogramSnapshot> latencies = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        List<Long> failures = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            latencies.add(meter.latencies(kind));
            bytes.add(meter.bytes(kind));
            failures.add(meter.failures(kind));
        }
        List<Long> stages = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            stages.add(meter.stageNanos(stage));
        }
        return new DeviceTotals(latencies, bytes, failures, stages, meter.inlineReads(), meter.remoteReads());
    }

    DeviceTotals plus(DeviceTotals other) {
        List<HistogramSnapshot> sums = new ArrayList<>();
        for (int i = 0; i < latencies.size(); i++) {
            sums.add(latencies.get(i).plus(other.latencies.get(i)));
        }
        return new DeviceTotals(
                sums,
                sum(bytes, other.bytes),
                sum(failures, other.failures),
                sum(stageNanos, other.stageNanos),
                inlineReads + other.inlineReads,
                remoteReads + other.remoteReads);
    }

    private static List<Long> sum(List<Long> one, List<Long> other) {
        List<Long> sum = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            sum.add(one.get(i) + other.get(i));
        }
        return sum;
    }

    HistogramSnapshot latency(Kind kind) {
        return latencies.get(kind.ordinal());
    }

    long bytes(Kind kind) {
        return bytes.get(kind.ordinal());
    }

    long failures(Kind kind) {
        return failures.get(kind.ordinal());
    }

    long stageNanos(Stage stage) {
        return stageNanos.get(stage.ordinal());
    }
}
