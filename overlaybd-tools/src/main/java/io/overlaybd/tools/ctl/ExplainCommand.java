package io.overlaybd.tools.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why a disk is slow. */
@Command(
        name = "explain",
        versionProvider = Subcommand.BuiltVersion.class,
        sortOptions = false,
        description = {
            "Tell where the time of a disk's slow reads went, and what to do about it.",
            "These are its last reads that had to wait for something."
        },
        footer = {"", "Example:", "  overlaybd-ctl explain /dev/sdb"})
final class ExplainCommand extends AdminCommand {

    private static final int MOST_READS = 1000;

    @Parameters(paramLabel = "DEV", description = "/dev/sdX, sdX, a name, or the id it was attached with.")
    private String device;

    @Option(
            names = "--reads",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many reads, 1 to 1000; default: ${DEFAULT-VALUE}.")
    private int reads;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Override
    protected void work() throws IOException {
        if (reads < 1 || reads > MOST_READS) {
            throw wrong("--reads: expected 1 to " + MOST_READS + ", found " + reads);
        }
        JsonNode answer = daemon().ask("GET", "/v1/devices/" + encoded(nameOf(device)) + "/explain?reads=" + reads);
        if (json) {
            output().println(answer);
        } else {
            answer.path("text").forEach(line -> output().println(line.asText()));
        }
    }
}
