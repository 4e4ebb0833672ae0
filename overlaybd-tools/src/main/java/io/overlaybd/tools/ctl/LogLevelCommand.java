package io.overlaybd.tools.ctl;

import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** How much the daemon logs. */
@Command(
        name = "log-level",
        versionProvider = Subcommand.BuiltVersion.class,
        description = {
            "Show or set how much the daemon logs.",
            "What is set here counts until the daemon reads its configuration again."
        },
        footer = {"", "Example:", "  overlaybd-ctl log-level debug"})
final class LogLevelCommand extends AdminCommand {

    @Parameters(arity = "0..1", paramLabel = "LEVEL", description = "debug, info, warn, error or fatal.")
    private String level;

    @Override
    protected void work() throws IOException {
        output().println((level == null
                        ? daemon().ask("GET", "/v1/log-level")
                        : daemon().ask("POST", "/v1/log-level?level=" + encoded(level)))
                .path("level")
                .asText());
    }
}
