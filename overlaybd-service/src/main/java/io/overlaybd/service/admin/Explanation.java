package io.overlaybd.service.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.io.metrics.PendingIo;
import io.overlaybd.io.metrics.RecentReads.Row;
import io.overlaybd.io.metrics.Stage;
import io.overlaybd.service.metrics.DeviceEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Why a device is as slow as it is: where the time of its last reads went that did not wait for nothing. Immutable. */
final class Explanation {

    private static final double SHARE_WORTH_TELLING = 0.01;
    private static final long HUNG_NANOS = 30_000_000_000L;
    private static final double PERCENT = 100;
    private static final double MILLI_MICROS = 1000;
    private static final double SECOND_MICROS = 1_000_000;
    private static final double SECOND_NANOS = 1_000_000_000;

    private final DeviceEntry device;
    private final List<Row> rows;
    private final Map<Stage, Long> micros = new EnumMap<>(Stage.class);
    private final long totalMicros;

    Explanation(DeviceEntry device, int reads) {
        this.device = device;
        this.rows = device.meter().recent().last(reads);
        for (Stage stage : Stage.values()) {
            micros.put(stage, rows.stream().mapToLong(row -> row.micros(stage)).sum());
        }
        this.totalMicros =
                Math.max(1, micros.values().stream().mapToLong(Long::longValue).sum());
    }

    ObjectNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", device.info().name())
                .put("reads", device.meter().latencies(Kind.READ).count())
                .put("inlineReads", device.meter().inlineReads())
                .put("explainedReads", rows.size());
        ObjectNode stages = node.putObject("stageMicros");
        micros.forEach((stage, sum) -> stages.put(stage.label(), sum));
        lines().forEach(node.putArray("text")::add);
        return node;
    }

    /** The whole in words. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        DeviceMeter meter = device.meter();
        long all = meter.latencies(Kind.READ).count();
        lines.add(text(
                "%s: %,d reads so far, %s of them waited for nothing, %s for a registry.",
                device.info().name(), all, percent(meter.inlineReads(), all), percent(meter.remoteReads(), all)));
        underWay(meter).ifPresent(lines::add);
        if (rows.isEmpty()) {
            lines.add("There is nothing to explain: no read had to wait.");
            return lines;
        }
        lines.add(text(
                "The last %,d of the others took %.1f s together, half of them up to %s, one of a hundred more than %s:",
                rows.size(),
                totalMicros / SECOND_MICROS,
                quantile(rows.stream().map(Row::totalMicros), 0.5),
                quantile(rows.stream().map(Row::totalMicros), 0.99)));
        Stream.of(Stage.values())
                .filter(stage -> share(stage) >= SHARE_WORTH_TELLING)
                .sorted(Comparator.comparing((Stage stage) -> -share(stage)))
                .forEach(stage -> lines.add(stageLine(stage)));
        lines.addAll(new Advice(this).lines());
        return lines;
    }

    private static Optional<String> underWay(DeviceMeter meter) {
        return meter.pending().stream()
                .max(Comparator.comparing(PendingIo::ageNanos))
                .map(oldest -> text(
                        "%d operations are under way, the oldest for %.1f s%s",
                        meter.pending().size(),
                        oldest.ageNanos() / SECOND_NANOS,
                        oldest.ageNanos() > HUNG_NANOS
                                ? ": it hangs; the log of overlaybd-tcmu tells what it waits for."
                                : "."));
    }

    private String stageLine(Stage stage) {
        List<Row> with = rows.stream().filter(row -> row.micros(stage) > 0).toList();
        return text(
                "%6.1f %%  %s (%,d reads, median %s)",
                share(stage) * PERCENT,
                Advice.words(stage, origin()),
                with.size(),
                quantile(with.stream().map(row -> row.micros(stage)), 0.5));
    }

    /** The part of all the time that went there, from 0 to 1. */
    double share(Stage... stages) {
        return Stream.of(stages).mapToLong(micros::get).sum() / (double) totalMicros;
    }

    /** How many reads spent time there. */
    long reads(Stage stage) {
        return rows.stream().filter(row -> row.micros(stage) > 0).count();
    }

    /** The median of the reads that spent time there, in words. */
    String median(Stage stage) {
        return quantile(rows.stream().map(row -> row.micros(stage)).filter(one -> one > 0), 0.5);
    }

    /** Who was asked for bytes last. */
    String origin() {
        return rows.stream()
                .map(Row::origin)
                .filter(one -> one != null)
                .findFirst()
                .orElse("the registry");
    }

    private static String quantile(Stream<Integer> values, double share) {
        List<Integer> sorted = values.sorted().toList();
        if (sorted.isEmpty()) {
            return "0 ms";
        }
        int at = (int) Math.min(sorted.size() - 1L, (long) (share * sorted.size()));
        return text("%.1f ms", sorted.get(at) / MILLI_MICROS);
    }

    private static String percent(long part, long whole) {
        return text("%.1f %%", whole == 0 ? 0 : PERCENT * part / whole);
    }

    static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
