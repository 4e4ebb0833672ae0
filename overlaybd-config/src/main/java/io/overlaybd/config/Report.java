package io.overlaybd.config;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Problems and warnings of one file, in the order they were found, of each at most a screenful. Thread-confined. */
final class Report {

    private static final int MAX_LINES = 100;

    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<ConfigObject> objects = new ArrayList<>();

    void problem(String path, String text) {
        add(problems, path, text);
    }

    void warning(String path, String text) {
        add(warnings, path, text);
    }

    private static void add(List<String> lines, String path, String text) {
        if (lines.size() < MAX_LINES) {
            lines.add(path.isEmpty() ? text : path + ": " + text);
        } else if (lines.size() == MAX_LINES) {
            lines.add("and more");
        }
    }

    /** Remembers an object whose unknown keys are to be warned of at the end. */
    void opened(ConfigObject object) {
        objects.add(object);
    }

    void warnOfUnknownKeys() {
        objects.forEach(ConfigObject::warnOfUnknownKeys);
    }

    /** The paths of all members that were asked for, sorted. */
    SortedSet<String> knownPaths() {
        SortedSet<String> paths = new TreeSet<>();
        objects.forEach(object -> paths.addAll(object.knownPaths()));
        return paths;
    }

    List<String> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }
}
