package io.overlaybd.tools.ctl;

import io.overlaybd.service.admin.AdminClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A subcommand that asks the daemon itself, at its admin socket. Thread-confined. */
abstract class AdminCommand extends KernelCommand {

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            defaultValue = "/run/overlaybd/admin.sock",
            description = "The daemon's admin socket, serviceConfig.adminSocket; default: ${DEFAULT-VALUE}.")
    private Path socket;

    AdminClient daemon() {
        return new AdminClient(socket);
    }

    /** What the daemon calls the device that a user means; what is no disk here may be a name all the same. */
    String nameOf(String text) throws IOException {
        return new Disks(kernel())
                .all().stream()
                        .filter(disk -> disk.isMeantBy(text))
                        .findFirst()
                        .map(Disk::name)
                        .orElse(text);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
