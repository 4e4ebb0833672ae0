package io.overlaybd.nbd;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.nbd.server.Endpoint;
import io.overlaybd.nbd.server.Export;
import io.overlaybd.nbd.server.NbdServer;
import io.overlaybd.nbd.server.ServerLimits;
import io.overlaybd.service.ImageService;
import io.overlaybd.service.ServiceMetrics;
import io.overlaybd.service.api.HttpApi;
import io.overlaybd.service.metrics.DeviceEntry;
import io.overlaybd.service.metrics.DeviceInfo;
import io.overlaybd.service.metrics.Exporter;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Serves an image until a signal ends it. Exit code 0 after SIGTERM or SIGINT, 1 if the image or the address cannot be
 * had, 2 if the command was called wrongly. Thread-confined.
 */
@Command(
        name = "overlaybd-nbd",
        versionProvider = OverlaybdNbd.Version.class,
        sortOptions = false,
        description = {
            "Serve the block device of an image over NBD until SIGTERM or SIGINT, writable if the image has an upper.",
            "Prints the URI for clients on one line as soon as they can connect."
        },
        footer = {
            "",
            "Examples:",
            "  overlaybd-nbd config.v1.json --socket /run/image.sock",
            "  nbdinfo 'nbd+unix:///?socket=/run/image.sock'",
            "",
            "  overlaybd-nbd config.v1.json --port 10809",
            "  nbdcopy nbd://127.0.0.1:10809 disk.img"
        })
public final class OverlaybdNbd implements Callable<Integer> {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private final Termination termination;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "CONFIG", description = "Image config, such as config.v1.json.")
    private Path config;

    @ArgGroup(multiplicity = "1")
    private Address address;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "64",
            description = "Requests that may wait for layers at the same time; default ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--service-config",
            paramLabel = "FILE",
            description = "Cache, credentials and TLS for remote layers;"
                    + " default /etc/overlaybd/overlaybd.json if it exists.")
    private Path serviceConfig;

    @Option(
            names = "--dev-id",
            paramLabel = "ID",
            defaultValue = "",
            description = "Name of the image in requests for snapshots, if the service config has the HTTP service on.")
    private String devId;

    @Option(
            names = "--metrics-port",
            paramLabel = "N",
            description = "Show metrics for Prometheus at this port, on all addresses; default: do not.")
    private Integer metricsPort;

    @Option(
            names = "--summary",
            paramLabel = "FILE",
            description = "At the end, write what was fetched and cached into FILE as a line of JSON;"
                    + " - for standard error.")
    private Path summary;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    private boolean version;

    OverlaybdNbd(Termination termination) {
        this.termination = termination;
    }

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        Termination termination = new Termination();
        termination.hook();
        termination.exit(commandLine(termination).execute(arguments));
    }

    /** The command, for what tells of its options; it cannot be run. */
    public static CommandLine commandLine() {
        return commandLine(new Termination());
    }

    /** The command with its handlers. */
    static CommandLine commandLine(Termination termination) {
        return new CommandLine(new OverlaybdNbd(termination))
                .setUsageHelpAutoWidth(true)
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler((failure, line, parsed) -> failed(line, failure))
                .setParameterExceptionHandler((failure, arguments) -> wrongUsage(failure));
    }

    private static int failed(CommandLine line, Exception failure) {
        line.getErr().println(line.getCommandName() + ": " + explain(failure));
        if (failure instanceof RuntimeException) {
            failure.printStackTrace(line.getErr());
        }
        return FAILED;
    }

    private static String explain(Exception failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName();
        }
        return failure instanceof NoSuchFileException && !message.contains(" ")
                ? message + ": no such file or directory"
                : message;
    }

    private static int wrongUsage(ParameterException failure) {
        CommandLine line = failure.getCommandLine();
        String name = line.getCommandName();
        line.getErr().println(name + ": " + failure.getMessage() + "; see " + name + " --help");
        return USAGE;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Endpoint endpoint = address.endpoint(spec.commandLine());
        if (threads < 1) {
            throw new ParameterException(spec.commandLine(), "--threads: expected at least 1, found " + threads);
        }
        if (metricsPort != null && (metricsPort < 1 || metricsPort > Address.MAX_PORT)) {
            throw new ParameterException(
                    spec.commandLine(), "--metrics-port: expected 1 to " + Address.MAX_PORT + ", found " + metricsPort);
        }
        try (ImageService service = ImageService.configured(Optional.ofNullable(serviceConfig))) {
            try (BlockDevice device = service.openPatiently(config, devId, Duration.ZERO)) {
                termination.expect();
                serveWithApi(service, device, endpoint);
            }
            if (summary != null) {
                writeSummary(service.metrics());
            }
        }
        return 0;
    }

    private void writeSummary(ServiceMetrics metrics) throws IOException {
        String line = metrics.toJson() + System.lineSeparator();
        if (summary.toString().equals("-")) {
            PrintWriter err = spec.commandLine().getErr();
            err.print(line);
            err.flush();
        } else {
            Files.writeString(summary, line);
        }
    }

    @SuppressWarnings("try")
    private void serveWithApi(ImageService service, BlockDevice device, Endpoint endpoint)
            throws IOException, InterruptedException {
        DeviceInfo info = new DeviceInfo("nbd", "nbd", config.toString(), devId);
        try (Closeable api = HttpApi.startIfWanted(service);
                DeviceEntry entry = service.devices().enter(info);
                Closeable exporter = startExporter(service)) {
            entry.serves(device.sizeBytes(), device.isReadOnly());
            serve(device, endpoint, entry.meter());
        }
    }

    private Closeable startExporter(ImageService service) throws IOException {
        if (metricsPort == null) {
            return () -> {};
        }
        service.monitoring().health().started(List::of);
        return Exporter.start(metricsPort, "/metrics", service.monitoring());
    }

    private void serve(BlockDevice device, Endpoint endpoint, DeviceMeter meter)
            throws IOException, InterruptedException {
        Export export = new Export(device, "overlaybd image " + device.name(), meter);
        try (NbdServer server = NbdServer.start(endpoint, export, ServerLimits.DEFAULT.withWorkers(threads))) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(server.uri());
            out.flush();
            termination.await();
        }
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = OverlaybdNbd.class.getPackage().getImplementationVersion();
            return new String[] {"${COMMAND-FULL-NAME} " + (version == null ? "(not packaged)" : version)};
        }
    }
}
