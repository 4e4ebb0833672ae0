package io.overlaybd.tools.ctl;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.tools.Subcommand;
import io.overlaybd.tools.doctor.Doctor;
import io.overlaybd.tools.doctor.Report;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What keeps a machine from serving images, and how to mend it. */
@Command(
        name = "doctor",
        versionProvider = Subcommand.BuiltVersion.class,
        sortOptions = false,
        description = {
            "Look at all that serving images needs, and tell how to mend what is amiss.",
            "That is: kernel, rights, limits, disks, configuration, credentials, certificates, the "
                    + "daemon and, with --image, a registry. Changes nothing."
        },
        exitCodeListHeading = "%nExit code:%n",
        exitCodeList = {"0:all is well", "1:there are warnings", "2:something will not work"},
        footer = {
            "",
            "Examples:",
            "  overlaybd-ctl doctor",
            "  overlaybd-ctl doctor --image config.v1.json --json | jq '.findings[].mend'"
        })
final class DoctorCommand extends KernelCommand {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The daemon's configuration; default: /etc/overlaybd/overlaybd.json.")
    private Path config = GlobalConfig.DEFAULT_FILE;

    @Option(
            names = "--image",
            paramLabel = "CONFIG",
            description = "Image config, such as config.v1.json, whose registry is tried as well.")
    private Path image;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    private Report report;

    @Override
    protected void work() throws IOException {
        Daemon daemon = new Daemon(kernel());
        Doctor doctor =
                new Doctor(root(), config, Optional.ofNullable(image), libraries(), daemon::state, Clock.systemUTC());
        report = new Report(doctor.examine());
        output().print(json ? report.json() : report.text());
        output().flush();
    }

    @Override
    protected int exitCode() {
        return report.worst().ordinal();
    }

    /** The folder of the jar that this class is in. A class from an archive of classes may not know its code source. */
    private static Path libraries() throws IOException {
        URL place = DoctorCommand.class.getResource("DoctorCommand.class");
        try {
            return place.openConnection() instanceof JarURLConnection jar
                    ? Path.of(jar.getJarFileURL().toURI()).getParent()
                    : Path.of(place.toURI()).getParent();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
