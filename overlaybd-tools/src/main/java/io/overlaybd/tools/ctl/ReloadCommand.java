package io.overlaybd.tools.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import picocli.CommandLine.Command;

/** The daemon reads its configuration again. */
@Command(
        name = "reload",
        versionProvider = Subcommand.BuiltVersion.class,
        description = {
            "Have the daemon read its configuration again, and print what changed.",
            "As SIGHUP, but errors are told here."
        },
        footer = {"", "Example:", "  overlaybd-ctl reload"})
final class ReloadCommand extends AdminCommand {

    @Override
    protected void work() throws IOException {
        JsonNode changes = daemon().ask("POST", "/v1/reload").path("changes");
        changes.forEach(change -> output().println(change.asText()));
        output().println(changes.size() + " changes");
    }
}
