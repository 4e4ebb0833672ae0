package io.overlaybd.tools.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What disks do now. */
@Command(
        name = "top",
        versionProvider = Subcommand.BuiltVersion.class,
        sortOptions = false,
        description = "Show what each disk does, again and again until interrupted.",
        footer = {
            "",
            "HIT is the share of reads that waited for no registry;",
            "P50 and P99 are latencies of reads.",
            "",
            "Example:",
            "  overlaybd-ctl top --once --json | jq '.devices[].readsPerSecond'"
        })
final class TopCommand extends AdminCommand {

    private static final String FORM = "%-24s %10s %10s %8s %8s %6s %9s %9s %6s%n";
    private static final String CLEAR = "\u001b[H\u001b[2J";
    private static final int LONGEST_SECONDS = 5;
    private static final double MIB = 1 << 20;
    private static final double PERCENT = 100;
    private static final double MILLI_MICROS = 1000;

    @Option(
            names = {"-d", "--delay"},
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "Seconds that are looked at, 1 to 5; default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--once", description = "Print one table and exit.")
    private boolean once;

    @Option(names = "--json", description = "Print JSON objects, one a line.")
    private boolean json;

    @Override
    protected void work() throws IOException {
        if (seconds < 1 || seconds > LONGEST_SECONDS) {
            throw wrong("--delay: expected 1 to " + LONGEST_SECONDS + ", found " + seconds);
        }
        do {
            JsonNode answer = daemon().ask("GET", "/v1/top?seconds=" + seconds);
            output().print(json ? answer + "\n" : (once ? "" : CLEAR) + table(answer));
            output().flush();
        } while (!once && !output().checkError());
    }

    private static String table(JsonNode answer) {
        StringBuilder table = new StringBuilder();
        table.append(
                text(FORM, "DEVICE", "READS/S", "WRITES/S", "RD MB/S", "WR MB/S", "HIT%", "P50 MS", "P99 MS", "BUSY"));
        answer.path("devices").forEach(device -> table.append(row(device)));
        JsonNode registry = answer.path("registry");
        return table.append(text(
                        "registries: %.1f requests/s, %.2f MB/s%n",
                        registry.path("requestsPerSecond").asDouble(),
                        registry.path("bytesPerSecond").asDouble() / MIB))
                .toString();
    }

    private static String row(JsonNode device) {
        return text(
                FORM,
                device.path("name").asText() + (device.path("serving").asBoolean() ? "" : " (no image)"),
                text("%.0f", device.path("readsPerSecond").asDouble()),
                text("%.0f", device.path("writesPerSecond").asDouble()),
                text("%.2f", device.path("readBytesPerSecond").asDouble() / MIB),
                text("%.2f", device.path("writtenBytesPerSecond").asDouble() / MIB),
                orDash(device, "hitShare", PERCENT, "%.1f"),
                orDash(device, "readP50Micros", 1 / MILLI_MICROS, "%.3f"),
                orDash(device, "readP99Micros", 1 / MILLI_MICROS, "%.3f"),
                device.path("inFlight").asText());
    }

    /** A device that read nothing has no latency. */
    private static String orDash(JsonNode device, String key, double factor, String form) {
        return device.has(key) ? text(form, device.path(key).asDouble() * factor) : "-";
    }

    private static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
