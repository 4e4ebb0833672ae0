package io.overlaybd.tools.doctor;

import io.overlaybd.config.GlobalConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Has everything looked at, what others depend on first. Thread-confined. */
public final class Doctor {

    private static final long LOG_BYTES = 100 << 20;
    private static final long CACHE_FLOOR_BYTES = 1L << 30;

    private final Machine machine;
    private final Path configFile;
    private final Optional<Path> image;
    private final Words daemon;
    private final Path libraries;
    private final InstantSource clock;

    /**
     * @param root where {@code /proc} and {@code /sys} are
     * @param configFile of the daemon; need not exist
     * @param image config of an image whose registry is to be tried
     */
    public Doctor(Path root, Path configFile, Optional<Path> image, Path libraries, Words daemon, InstantSource clock) {
        this.machine = new Machine(root);
        this.configFile = configFile;
        this.image = image;
        this.libraries = libraries;
        this.daemon = daemon;
        this.clock = clock;
    }

    /** What is known of the daemon. */
    public interface Words {
        /** As {@code overlaybd-ctl status} tells it, such as {@code running}. */
        String words() throws IOException;
    }

    /** All findings, in the order in which they are to be mended. */
    public List<Finding> examine() throws IOException {
        List<Finding> findings = new ArrayList<>();
        ConfigCheck config = new ConfigCheck(configFile);
        run(new TemporaryFolderCheck(machine, Path.of(System.getProperty("java.io.tmpdir"))), findings);
        run(new JavaCheck(libraries), findings);
        run(new ClockCheck(clock), findings);
        run(config, findings);
        run(new PrivilegesCheck(machine), findings);
        run(new ModulesCheck(machine), findings);
        run(new ConfigfsCheck(machine), findings);
        run(new NetlinkCheck(), findings);
        run(new LimitsCheck(machine, daemonProcess()), findings);
        config.config().ifPresent(valid -> ofConfig(valid).forEach(check -> run(check, findings)));
        return findings;
    }

    private List<Check> ofConfig(GlobalConfig config) {
        List<Check> checks = new ArrayList<>();
        checks.add(new FolderCheck("cache", config.cache().dir(), config.cache().sizeBytes(), CACHE_FLOOR_BYTES, true));
        config.log().file().ifPresent(file -> checks.add(log("log", file)));
        config.auditFile().ifPresent(file -> checks.add(log("audit log", file)));
        checks.add(new CredentialsCheck(config));
        checks.add(new CertificatesCheck(config.tls(), clock));
        Optional<String> api =
                config.service().enable() ? Optional.of(config.service().address()) : Optional.empty();
        checks.add(new DaemonCheck(machine, daemon, api));
        image.ifPresent(path -> checks.add(new RegistryCheck(config, path, System.getenv())));
        return checks;
    }

    private static FolderCheck log(String subject, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return new FolderCheck(subject, folder == null ? file : folder, LOG_BYTES, 0, false);
    }

    private String daemonProcess() throws IOException {
        return machine.processes("overlaybd-tcmu").stream().findFirst().orElse("self");
    }

    /** What goes wrong with looking is a finding too, and no reason not to look at the rest. */
    static void run(Check check, List<Finding> findings) {
        try {
            findings.addAll(check.look());
        } catch (IOException | RuntimeException | LinkageError e) {
            findings.add(Finding.fail(
                    check.subject(),
                    "could not be looked at: " + (e.getMessage() == null ? e.toString() : e.getMessage()),
                    e instanceof LinkageError
                            ? "see above at temporary files: a library with machine code could not be loaded"
                            : "run this as the daemon's user, root"));
        }
    }
}
