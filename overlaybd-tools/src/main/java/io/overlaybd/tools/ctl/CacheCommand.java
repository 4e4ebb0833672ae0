package io.overlaybd.tools.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the daemon's cache holds. */
@Command(
        name = "cache",
        versionProvider = Subcommand.BuiltVersion.class,
        sortOptions = false,
        description = "Show how much the daemon's cache holds, or clear it.",
        footer = {"", "Example:", "  overlaybd-ctl cache --clear"})
final class CacheCommand extends AdminCommand {

    @Option(names = "--clear", description = "Give up what is cached of images that are not open.")
    private boolean clear;

    @Option(names = "--in-use", description = "With --clear: of open images too; they fetch again what they read.")
    private boolean inUse;

    @Override
    protected void work() throws IOException {
        if (inUse && !clear) {
            throw wrong("--in-use is for --clear");
        }
        JsonNode usage =
                clear ? daemon().ask("POST", "/v1/cache/clear?in_use=" + inUse) : daemon().ask("GET", "/v1/cache");
        if (clear) {
            output().println("freed: " + usage.path("freedBytes").asLong() + " bytes");
        }
        output().println("used: " + usage.path("usedBytes").asLong() + " bytes of "
                + usage.path("limitBytes").asLong() + ", " + usage.path("blobs").asLong() + " blobs");
    }
}
