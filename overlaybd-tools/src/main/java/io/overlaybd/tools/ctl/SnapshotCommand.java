package io.overlaybd.tools.ctl;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.ServiceConfig;
import io.overlaybd.tools.Subcommand;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A snapshot of a disk in use, by the daemon's admin socket, or its HTTP service. */
@Command(
        name = "snapshot",
        versionProvider = Subcommand.BuiltVersion.class,
        sortOptions = false,
        description = {
            "Seal what was written to a disk as a layer of its own, while it is in use.",
            "The new config names the layers of now, that layer, and a new upper; it takes the place "
                    + "of the old one."
        },
        footer = {"", "Example:", "  overlaybd-ctl snapshot /dev/sdb next.json"})
final class SnapshotCommand extends AdminCommand {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 300_000;
    private static final String REASON = "Overlaybd-Reason";

    @Parameters(index = "0", paramLabel = "DEV", description = "/dev/sdX, sdX, a name, or the id it was attached with.")
    private String device;

    @Parameters(index = "1", paramLabel = "NEWCONFIG", description = "The config that counts afterwards.")
    private Path newConfig;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "/etc/overlaybd/overlaybd.json",
            description = "The daemon's configuration, for its address; default: ${DEFAULT-VALUE}.")
    private Path daemonConfig;

    @Option(
            names = "--address",
            paramLabel = "URL",
            description = "Ask the daemon at this address, such as http://127.0.0.1:9862.")
    private String address;

    @Override
    protected void work() throws IOException {
        String query = "/snapshot?dev_id=" + encoded(id()) + "&config="
                + encoded(newConfig.toAbsolutePath().normalize().toString());
        if (address == null && daemon().exists()) {
            daemon().ask("POST", "/v1" + query);
        } else {
            askHttpService(query);
        }
    }

    private void askHttpService(String query) throws IOException {
        URI uri = URI.create(address() + query);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(ANSWER_MILLIS);
        int status;
        try {
            status = connection.getResponseCode();
        } catch (IOException e) {
            throw new IOException(
                    "no answer from " + address() + ": " + e.getMessage()
                            + "; see that the daemon runs with serviceConfig.enable",
                    e);
        }
        if (status != HttpURLConnection.HTTP_OK) {
            String reason = connection.getHeaderField(REASON);
            throw new IOException("no snapshot: " + (reason == null ? "HTTP status " + status : reason));
        }
    }

    /** What no device is known by may be an id all the same, of a disk that overlaybd-nbd serves. */
    private String id() throws IOException {
        for (Disk disk : new Disks(kernel()).all()) {
            if (disk.isMeantBy(device)) {
                if (disk.id().isEmpty()) {
                    throw new IOException(device + ": has no id; detach it, and attach it with --dev-id");
                }
                return disk.id();
            }
        }
        return device;
    }

    private String address() throws IOException {
        if (address != null) {
            return address.contains("://") ? address : "http://" + address;
        }
        ServiceConfig service = GlobalConfig.readIfExists(daemonConfig).config().service();
        if (!service.enable()) {
            throw new IOException(daemonConfig + ": serviceConfig.enable is false, so the daemon takes no snapshots;"
                    + " set it and restart the daemon, or give --address");
        }
        return service.address().contains("://") ? service.address() : "http://" + service.address();
    }
}
