package io.overlaybd.manual;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What {@code overlaybd-tcmu} takes. It reads its arguments without picocli, as the original does; a test holds this against
 * its help.
 */
@Command(
        name = "overlaybd-tcmu",
        description = {
            "Serve overlaybd images as SCSI disks of this machine, in the foreground, until SIGTERM or SIGINT.",
            "It needs root and the module target_core_user. SIGHUP has it read CONFIG and open its log files again.",
            "Disks outlive it: the next one serves them on."
        },
        exitCodeListHeading = "Exit status",
        exitCodeList = {"0:after SIGTERM or SIGINT", "255:it could not start; a line on standard error says why"},
        footer = {
            "",
            "Example:",
            "  modprobe -a target_core_user tcm_loop",
            "  overlaybd-tcmu /etc/overlaybd/overlaybd.json &",
            "  overlaybd-ctl attach --wait 10 /var/lib/images/app/config.v1.json"
        })
final class DaemonCommand {

    @Parameters(
            paramLabel = "CONFIG",
            arity = "0..1",
            description = "Global configuration; default: /etc/overlaybd/overlaybd.json.")
    private Path config;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    private boolean version;
}
