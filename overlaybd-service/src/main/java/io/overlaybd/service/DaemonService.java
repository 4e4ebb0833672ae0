package io.overlaybd.service;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.Loaded;
import io.overlaybd.config.LogConfig;
import io.overlaybd.service.log.DaemonLog;
import io.overlaybd.service.metrics.Exporter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon has besides its frontend: one configuration file, the logs that it names, the metrics it shows, and the service for images. Can read
 * the file again while images are open. Thread-safe.
 */
public final class DaemonService implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(DaemonService.class);

    private final Optional<Path> file;
    private final DaemonLog log;
    private final ImageService images;
    private final Closeable exporter;
    private final Optional<Path> adminSocket;
    private GlobalConfig config;

    private DaemonService(Optional<Path> file, DaemonLog log, GlobalConfig config) throws IOException {
        this.file = file;
        this.log = log;
        this.config = config;
        this.adminSocket = config.service().adminSocket();
        this.images = ImageService.open(config);
        this.exporter = startExporter(config);
    }

    private Closeable startExporter(GlobalConfig config) throws IOException {
        try {
            return Exporter.startIfWanted(config.exporter(), images.monitoring());
        } catch (IOException e) {
            images.close();
            throw e;
        }
    }

    /**
     * Reads a file, without one that of the installation, which need not exist.
     *
     * @throws IOException with every problem of the file, or if what it wants cannot be had
     */
    public static DaemonService start(Optional<Path> file) throws IOException {
        DaemonLog log = new DaemonLog();
        boolean done = false;
        try {
            GlobalConfig config = read(file);
            applyOrTell(log, config);
            DaemonService service = new DaemonService(file, log, config);
            done = true;
            return service;
        } catch (IOException e) {
            LOG.error("cannot start: {}", e.getMessage());
            throw e;
        } finally {
            if (!done) {
                log.close();
            }
        }
    }

    private static GlobalConfig read(Optional<Path> file) throws IOException {
        Path path = file.orElse(GlobalConfig.DEFAULT_FILE);
        Loaded<GlobalConfig> loaded = file.isPresent() ? GlobalConfig.read(path) : GlobalConfig.readIfExists(path);
        loaded.warnings().forEach(warning -> LOG.warn("{}: {}", path, warning));
        return loaded.config();
    }

    /** Disks are worth more than a log: who cannot write it says so where he can, and serves. */
    private static void applyOrTell(DaemonLog log, GlobalConfig config) {
        try {
            log.log(config.log());
        } catch (IOException e) {
            LOG.error("cannot write the log, correct logConfig.logPath: {}", reason(e));
        }
        try {
            log.audit(config.auditFile());
        } catch (IOException e) {
            LOG.error("cannot write the audit log, correct auditPath: {}", reason(e));
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof AccessDeniedException
                ? failure.getMessage() + ": permission denied"
                : failure.getMessage();
    }

    /** The service for images, closed with this. */
    public ImageService images() {
        return images;
    }

    /** {@link #reload}, whose failure only the log is told. */
    public void reloadOrTell() {
        try {
            reload();
        } catch (IOException e) {
            LOG.error("the configuration stays as it is: {}", e.getMessage());
        }
    }

    /**
     * Reads the file again: logs, credentials and the size of the cache change at once, the rest with the next start. Log files
     * are opened again, so that they can be moved away. Tells the log what changed.
     *
     * @return what changed, part by part
     * @throws IOException if the file cannot be used: everything stays as it is
     */
    public synchronized List<String> reload() throws IOException {
        GlobalConfig read = read(file);
        images.reconfigure(read);
        List<String> changes = ConfigChanges.between(config, read);
        changes.forEach(line -> LOG.info("configuration: {}", line));
        LOG.info("configuration read again: {} changes", changes.size());
        applyOrTell(log, read);
        config = read;
        return changes;
    }

    /** What is logged now. */
    public LogConfig.Level logLevel() {
        return log.level();
    }

    /** Logs so much from now on, until the configuration is read again. */
    public void setLogLevel(LogConfig.Level level) {
        log.setLevel(level);
    }

    /** Where the configuration wants the socket of the administrator, see {@code admin}; empty if it does not. */
    public Optional<Path> adminSocket() {
        return adminSocket;
    }

    /** Closes the images' service, the logs last. Idempotent. */
    @Override
    public void close() {
        try {
            exporter.close();
        } catch (IOException e) {
            LOG.debug("cannot close the exporter: {}", e.toString());
        }
        images.close();
        log.close();
    }
}
