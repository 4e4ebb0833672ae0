package io.overlaybd.service.log;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import io.overlaybd.config.LogConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where lines may go, and in which form. What is made here is not started. Stateless. */
final class LogFiles {

    private static final String TIME = "%d{yyyy/MM/dd HH:mm:ss.SSSSSS}|";

    /** The form of the log. */
    static final String LINE = TIME + "%-5level|th=%thread|%logger{0}:%msg%n%rEx{short}";

    /** The form of the audit log. */
    static final String AUDIT_LINE = TIME + "AUDIT|th=%thread|%msg%n";

    private static final int CHECK_SIZE_MILLIS = 1000;

    private LogFiles() {}

    static Appender<ILoggingEvent> standardOutput(Context context) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder(context, LINE));
        return console;
    }

    /** A file that becomes {@code file.1} when it has grown long, and that {@code file.2}, until the last is deleted. */
    static Appender<ILoggingEvent> rolling(Context context, Path file, LogConfig config, String form)
            throws IOException {
        checkWritable(file);
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setName(file.toString());
        appender.setFile(file.toString());
        appender.setEncoder(encoder(context, form));
        Window window = new Window();
        window.setContext(context);
        window.setParent(appender);
        window.setFileNamePattern(file + ".%i");
        window.setMinIndex(1);
        window.setMaxIndex(Math.max(1, config.rotations() - 1));
        window.start();
        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(trigger(context, config.sizeMiB()));
        return appender;
    }

    /** The library would only tell itself. */
    private static void checkWritable(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                .close();
    }

    private static SizeBasedTriggeringPolicy<ILoggingEvent> trigger(Context context, long sizeMiB) {
        SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
        trigger.setContext(context);
        trigger.setMaxFileSize(new FileSize(sizeMiB << 20));
        trigger.setCheckIncrement(Duration.buildByMilliseconds(CHECK_SIZE_MILLIS));
        trigger.start();
        return trigger;
    }

    private static PatternLayoutEncoder encoder(Context context, String form) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(form);
        encoder.start();
        return encoder;
    }

    /** As many files as the configuration may ask for. */
    private static final class Window extends FixedWindowRollingPolicy {
        private static final int FILES = 30;

        @Override
        protected int getMaxWindowSize() {
            return FILES;
        }
    }
}
