package io.overlaybd.tcmu;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the daemon was started with. As with the original the first argument is the path of the configuration and others are
 * ignored; there are no options, but for the two that teach. Immutable.
 *
 * @param config absent for the file of the installation
 */
record CommandLine(Optional<Path> config) {

    private static final String HELP = """
            Usage: overlaybd-tcmu [CONFIG]
            Serves overlaybd images as SCSI disks of this machine, in the foreground, until it gets SIGTERM or SIGINT.

              CONFIG      global configuration; /etc/overlaybd/overlaybd.json if not given
              --help      show this help and exit
              --version   show the version and exit

            It needs root and the module target_core_user. SIGHUP has it read CONFIG again. It exits with 0 after a signal,
            with 255 if it cannot start.

            Example:
              modprobe -a target_core_user tcm_loop
              overlaybd-tcmu /etc/overlaybd/overlaybd.json &
              overlaybd-ctl attach --wait 10 /var/lib/images/app/config.v1.json
            """;

    /** Answers what to start with; if only teaching was asked for, does that and answers nothing. */
    static Optional<CommandLine> parse(String[] arguments, PrintStream out) {
        if (arguments.length > 0 && (arguments[0].equals("--help") || arguments[0].equals("-h"))) {
            out.print(HELP);
            return Optional.empty();
        }
        if (arguments.length > 0 && arguments[0].equals("--version")) {
            out.println("overlaybd-tcmu " + version());
            return Optional.empty();
        }
        return Optional.of(
                new CommandLine(arguments.length == 0 ? Optional.empty() : Optional.of(Path.of(arguments[0]))));
    }

    private static String version() {
        String version = CommandLine.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
