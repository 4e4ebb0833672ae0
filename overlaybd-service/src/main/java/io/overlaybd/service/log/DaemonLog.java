package io.overlaybd.service.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import io.overlaybd.config.LogConfig;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The log and the audit log of a daemon. Lines are written by a thread of their own: whoever logs never waits for a disk, which
 * may be one that this very daemon serves; if lines come faster than they can be written the unimportant ones get lost first.
 * There is one such log in a process. Thread-safe.
 */
public final class DaemonLog implements Closeable {

    /** Where the audit log listens: a line for each read that leaves the machine. */
    public static final String AUDIT = "io.overlaybd.audit";

    private static final int QUEUE_LINES = 4096;
    private static final int FLUSH_MILLIS = 2000;
    private static final LogConfig AUDIT_FILES = new LogConfig(LogConfig.Level.INFO, Optional.empty(), 10, 3);

    private final LoggerContext context;
    private final Logger root;
    private final Logger audit;
    private LogConfig.Level level = LogConfig.Level.INFO;

    /** Takes over from whatever this process logs to, and logs to standard output until told otherwise. */
    public DaemonLog() {
        context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        audit = context.getLogger(AUDIT);
        audit.setAdditive(false);
        audit.setLevel(Level.OFF);
        root.setLevel(Level.INFO);
        replace(root, LogFiles.standardOutput(context));
    }

    /**
     * Logs as a configuration wants from now on. Its file is opened again even if it is the same.
     *
     * @throws IOException if the file cannot be written; lines go on to where they went before, with the new level
     */
    public synchronized void log(LogConfig config) throws IOException {
        setLevel(config.level());
        replace(
                root,
                config.file().isPresent()
                        ? LogFiles.rolling(context, config.file().get(), config, LogFiles.LINE)
                        : LogFiles.standardOutput(context));
    }

    /**
     * Writes the audit log to a file from now on, or none.
     *
     * @throws IOException if the file cannot be written; it is as if there was none
     */
    public synchronized void audit(Optional<Path> file) throws IOException {
        audit.setLevel(Level.OFF);
        audit.detachAndStopAllAppenders();
        if (file.isPresent()) {
            replace(audit, LogFiles.rolling(context, file.get(), AUDIT_FILES, LogFiles.AUDIT_LINE));
            audit.setLevel(Level.INFO);
        }
    }

    /** What is logged now. */
    public synchronized LogConfig.Level level() {
        return level;
    }

    /** Logs so much from now on, to where it does. */
    public synchronized void setLevel(LogConfig.Level wanted) {
        level = wanted;
        root.setLevel(level(wanted));
    }

    private static Level level(LogConfig.Level level) {
        return switch (level) {
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
            case FATAL -> Level.OFF; // nothing is logged that is worse than an error
        };
    }

    /** The old one writes what it still has; it is ended first, since the library lets no two have the same file. */
    private void replace(Logger logger, Appender<ILoggingEvent> lines) {
        logger.detachAndStopAllAppenders();
        lines.start();
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(QUEUE_LINES);
        queue.setNeverBlock(true);
        queue.setMaxFlushTime(FLUSH_MILLIS);
        queue.addAppender(lines);
        queue.start();
        logger.addAppender(queue);
    }

    /** Writes what is queued, but does not wait for it for ever, and logs no more. Idempotent. */
    @Override
    public synchronized void close() {
        root.detachAndStopAllAppenders();
        audit.detachAndStopAllAppenders();
    }
}
