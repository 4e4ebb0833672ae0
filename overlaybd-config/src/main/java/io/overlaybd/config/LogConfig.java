package io.overlaybd.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The member {@code logConfig}: the daemon's own log. Immutable.
 *
 * @param file absent for standard output
 * @param sizeMiB at which the file is rotated
 * @param rotations how many old files are kept
 */
public record LogConfig(Level level, Optional<Path> file, long sizeMiB, int rotations) {

    private static final long DEFAULT_SIZE_MIB = 10;
    private static final int DEFAULT_ROTATIONS = 3;
    private static final int MAX_ROTATIONS = 30;

    /** In the order of their numbers in the file, from 0. */
    public enum Level {
        /** 0. */
        DEBUG,
        /** 1. */
        INFO,
        /** 2. */
        WARN,
        /** 3. */
        ERROR,
        /** 4. */
        FATAL
    }

    /** From the member; if it names no path, level and path come from the older keys beside it. */
    static LogConfig from(ConfigObject root) {
        ConfigObject object = root.object("logConfig");
        Level legacyLevel = level(root);
        Optional<Path> legacyFile = root.pathOrDefault("logPath", "/var/log/overlaybd.log");
        Level level = level(object);
        long sizeMiB = Math.max(1, object.unsigned32("logSizeMB", DEFAULT_SIZE_MIB));
        int rotations = Math.max(0, Math.min(MAX_ROTATIONS, object.integer("logRotateNum", DEFAULT_ROTATIONS)));
        Optional<Path> file = object.path("logPath");
        if (file.isPresent()) {
            return new LogConfig(level, file, sizeMiB, rotations);
        }
        object.warnIfUnused(
                "logLevel", "there is no logPath beside it and the older logLevel counts; set logConfig.logPath");
        object.warnIfUnused("logSizeMB", "there is no logPath beside it; set logConfig.logPath");
        object.warnIfUnused("logRotateNum", "there is no logPath beside it; set logConfig.logPath");
        return new LogConfig(legacyLevel, legacyFile, DEFAULT_SIZE_MIB, DEFAULT_ROTATIONS);
    }

    private static Level level(ConfigObject object) {
        long number = object.unsigned32("logLevel", 1);
        if (number >= Level.values().length) {
            object.problem("logLevel", "expected 0 (debug) to 4 (fatal), found " + number);
            return Level.INFO;
        }
        return Level.values()[(int) number];
    }
}
