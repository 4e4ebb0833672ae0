package io.overlaybd.config;

import java.io.IOException;
import java.util.List;

/**
 * A configuration file that cannot be used. The message holds every problem of the file: one on one line, several on a
 * line each after a line that counts them.
 */
public final class ConfigException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ConfigException(String resource, List<String> problems) {
        super(message(resource, problems));
        this.problems = List.copyOf(problems);
    }

    private static String message(String resource, List<String> problems) {
        if (problems.size() == 1) {
            return resource + ": " + problems.get(0);
        }
        return resource + ": " + problems.size() + " problems:\n  " + String.join("\n  ", problems);
    }

    /** The problems, each beginning with the JSON path it lies at, or with line and column. */
    public List<String> problems() {
        return problems;
    }
}
