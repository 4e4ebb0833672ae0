package io.overlaybd.config;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One object of a configuration file, asked for its members by key. A member that is missing gives its default; one of
 * the wrong type or out of range is noted as a problem and gives the default too, so that a factory runs to its end and
 * all problems are found in one go. Members never asked for are warned of at the end. Thread-confined.
 */
public final class ConfigObject {

    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]{1,80}");

    private final String path;
    private final Map<String, Json> members;
    private final Report report;
    private final Set<String> known = new HashSet<>();

    ConfigObject(String path, Json.Members members, Report report) {
        this.path = path;
        this.members = members.byKey();
        this.report = report;
        report.opened(this);
    }

    /** Where the object stands in the file, such as {@code lowers[2]}; empty for the root. */
    public String path() {
        return path;
    }

    /** The path of a member, as messages write it. */
    static String member(String path, String key) {
        boolean plain = PLAIN_KEY.matcher(key).matches();
        String step = plain ? key : "[" + Json.quote(key) + "]";
        return path.isEmpty() || !plain ? path + step : path + "." + step;
    }

    /** Whether the member is there, of whatever type. */
    public boolean has(String key) {
        known.add(key);
        return members.containsKey(key);
    }

    /** Whether the member is there and is not the empty string, which counts as absent. */
    public boolean isGiven(String key) {
        return has(key)
                && !(members.get(key) instanceof Json.Text text && text.value().isEmpty());
    }

    /** Accepts a key that has no meaning here but is written by known tools. */
    public void ignore(String key) {
        known.add(key);
    }

    /** Notes a problem of a member; of the object itself if the key is empty. */
    public void problem(String key, String text) {
        report.problem(key.isEmpty() ? path : member(path, key), text);
    }

    /** Notes something odd but harmless. */
    public void warning(String key, String text) {
        report.warning(key.isEmpty() ? path : member(path, key), text);
    }

    /** Notes that a member, if it is there, changes nothing. */
    void warnIfUnused(String key, String reason) {
        if (isGiven(key)) {
            warning(key, "without effect, since " + reason);
        }
    }

    /**
     * Whether nothing was found wrong in the whole file so far. For checks across members that would else repeat in
     * other words what was already reported.
     */
    public boolean isSoundSoFar() {
        return report.problems().isEmpty();
    }

    /** A string. */
    public String string(String key, String defaultValue) {
        Json value = value(key);
        if (value == null || value instanceof Json.Text) {
            return value == null ? defaultValue : ((Json.Text) value).value();
        }
        return wrong(key, "a string", value, defaultValue);
    }

    /** A file or directory, taken verbatim; the empty string counts as absent. */
    public Optional<Path> path(String key) {
        String text = string(key, "");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            problem(key, "expected a path, found " + Json.quote(text) + ": " + e.getReason());
            return Optional.empty();
        }
    }

    /** {@link #path}, with a default for a missing member; the empty string means none all the same. */
    public Optional<Path> pathOrDefault(String key, String defaultValue) {
        return has(key) ? path(key) : Optional.of(Path.of(defaultValue));
    }

    /** {@code true} or {@code false}. */
    public boolean bool(String key, boolean defaultValue) {
        Json value = value(key);
        if (value == null || value instanceof Json.Bool) {
            return value == null ? defaultValue : ((Json.Bool) value).value();
        }
        return wrong(key, "true or false", value, defaultValue);
    }

    /** A signed 32-bit integer. */
    public int integer(String key, int defaultValue) {
        return (int) number(key, "an integer", Integer.MIN_VALUE, Integer.MAX_VALUE, defaultValue);
    }

    /** An unsigned 32-bit integer. */
    public long unsigned32(String key, long defaultValue) {
        return number(key, "an unsigned integer", 0, 0xFFFF_FFFFL, defaultValue);
    }

    /** An unsigned integer below 2^63. */
    public long unsigned(String key, long defaultValue) {
        return number(key, "an unsigned integer", 0, Long.MAX_VALUE, defaultValue);
    }

    private long number(String key, String expected, long least, long most, long defaultValue) {
        Json value = value(key);
        if (value == null) {
            return defaultValue;
        }
        if (!(value instanceof Json.Number number) || !number.digits().matches("-?[0-9]+")) {
            return wrong(key, expected, value, defaultValue);
        }
        BigInteger exact = new BigInteger(number.digits());
        if (exact.compareTo(BigInteger.valueOf(least)) < 0 || exact.compareTo(BigInteger.valueOf(most)) > 0) {
            return wrong(key, expected + " from " + least + " to " + most, value, defaultValue);
        }
        return exact.longValueExact();
    }

    /** A nested object; one without members if it is missing or {@code null}. */
    public ConfigObject object(String key) {
        Json value = value(key);
        if (value instanceof Json.Members nested) {
            return new ConfigObject(member(path, key), nested, report);
        }
        ConfigObject empty = new ConfigObject(member(path, key), new Json.Members(Map.of()), report);
        return value == null || value instanceof Json.Null ? empty : wrong(key, "an object", value, empty);
    }

    /** An array of objects; empty if it is missing. Elements of another type are problems and are left out. */
    public List<ConfigObject> objects(String key) {
        Json value = value(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof Json.Elements elements)) {
            return wrong(key, "an array of objects", value, List.of());
        }
        List<ConfigObject> objects = new ArrayList<>();
        for (int i = 0; i < elements.values().size(); i++) {
            String at = member(path, key) + "[" + i + "]";
            Json element = elements.values().get(i);
            if (element instanceof Json.Members nested) {
                objects.add(new ConfigObject(at, nested, report));
            } else {
                report.problem(at, "expected an object, found " + element.describe());
            }
        }
        return objects;
    }

    private Json value(String key) {
        known.add(key);
        return members.get(key);
    }

    private <V> V wrong(String key, String expected, Json found, V defaultValue) {
        problem(key, "expected " + expected + ", found " + found.describe());
        return defaultValue;
    }

    /** The paths of the members that were asked for, as messages write them. */
    List<String> knownPaths() {
        return known.stream().map(key -> member(path, key)).toList();
    }

    void warnOfUnknownKeys() {
        members.keySet().stream()
                .filter(key -> !known.contains(key))
                .forEach(key -> warning(key, "unknown key, ignored"));
    }
}
