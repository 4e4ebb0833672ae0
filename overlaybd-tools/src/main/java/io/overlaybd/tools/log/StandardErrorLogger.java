package io.overlaybd.tools.log;

import java.io.PrintStream;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * One line a message, {@code 12:34:56.789 WARN  ImageService: text}; the trace of an exception follows from {@code DEBUG} on,
 * its own words otherwise. Thread-safe.
 */
final class StandardErrorLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    private final Level level;
    private final transient PrintStream out;

    StandardErrorLogger(String name, Level level, PrintStream out) {
        this.name = name.substring(name.lastIndexOf('.') + 1);
        this.level = level;
        this.out = out;
    }

    private boolean shows(Level wanted) {
        return wanted.toInt() >= level.toInt();
    }

    @Override
    public boolean isTraceEnabled() {
        return shows(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return shows(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return shows(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return shows(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return shows(Level.ERROR);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level called, Marker marker, String pattern, Object[] arguments, Throwable cause) {
        String text = MessageFormatter.basicArrayFormat(pattern, arguments);
        String time = LocalTime.now().truncatedTo(ChronoUnit.MILLIS).toString();
        String words = cause == null || shows(Level.DEBUG) ? "" : " (" + cause + ")";
        synchronized (out) {
            out.printf("%-12s %-5s %s: %s%s%n", time, called, name, text, words);
            if (cause != null && shows(Level.DEBUG)) {
                cause.printStackTrace(out);
            }
        }
    }
}
