package io.overlaybd.tools.log;

import java.util.Locale;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logging without a configuration: to standard error, from the level on that the environment variable {@code
 * OVERLAYBD_LOG_LEVEL} names, by default {@code WARN}. Chosen with {@code -Dslf4j.provider}, never found by itself. Thread-safe.
 */
public final class StandardErrorLogging implements SLF4JServiceProvider {

    /** The API that this was written for. */
    private static final String API_VERSION = "2.0.99";

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter contexts = new NOPMDCAdapter();
    private final Level level = level(System.getenv("OVERLAYBD_LOG_LEVEL"));

    /** What a level is called; {@code WARN} if nothing is called so. */
    static Level level(String name) {
        String wanted = name == null ? "" : name.toUpperCase(Locale.ROOT);
        for (Level each : Level.values()) {
            if (each.name().equals(wanted)) {
                return each;
            }
        }
        return Level.WARN;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> new StandardErrorLogger(name, level, System.err);
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return contexts;
    }

    @Override
    public String getRequestedApiVersion() {
        return API_VERSION;
    }

    @Override
    public void initialize() {}
}
