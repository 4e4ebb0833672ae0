package io.overlaybd.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A row of a table in docs/configuration.md: {@code | `path` | type | `default` | since | meaning | `example` |}. */
record DocumentedField(String path, String type, String defaultJson, String since, String meaning, String exampleJson) {

    private static final Path REFERENCE = Path.of("../docs/configuration.md");

    /** The rows that stand between the mark of a record and the next second-level heading. */
    static List<DocumentedField> of(Class<?> record) throws IOException {
        String text = Files.readString(REFERENCE);
        String mark = "<!-- fields of " + record.getSimpleName() + " -->";
        int begin = text.indexOf(mark);
        if (begin < 0) {
            throw new AssertionError(REFERENCE + ": no " + mark);
        }
        int end = text.indexOf("\n## ", begin);
        List<DocumentedField> fields = new ArrayList<>();
        text.substring(begin, end < 0 ? text.length() : end)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> fields.add(row(line)));
        return fields;
    }

    private static DocumentedField row(String line) {
        String[] cells = line.substring(1).split("\\|", -1);
        if (cells.length != 7) {
            throw new AssertionError(REFERENCE + ": expected six cells, found " + (cells.length - 1) + ": " + line);
        }
        return new DocumentedField(
                plain(cells[0]), plain(cells[1]), plain(cells[2]), plain(cells[3]), plain(cells[4]), plain(cells[5]));
    }

    private static String plain(String cell) {
        String text = cell.strip();
        return text.startsWith("`") && text.endsWith("`") ? text.substring(1, text.length() - 1) : text;
    }

    /** Whether it is a part of another one that is documented too. */
    boolean hasMembers(Collection<DocumentedField> all) {
        return all.stream().anyMatch(other -> other.path.startsWith(path + ".") || other.path.startsWith(path + "[]."));
    }

    /** What a value of another type is refused with; nothing if the field is ignored. */
    Optional<String> refusal() {
        return switch (type) {
            case "string", "path" -> Optional.of("expected a string, found");
            case "bool" -> Optional.of("expected true or false, found");
            case "integer" -> Optional.of("expected an integer, found");
            case "unsigned" -> Optional.of("expected an unsigned integer, found");
            case "object" -> Optional.of("expected an object, found");
            case "array" -> Optional.of("expected an array of objects, found");
            case "ignored" -> Optional.empty();
            default -> throw new AssertionError(REFERENCE + ": " + path + ": no such type: " + type);
        };
    }

    /** A value of another type than the field has. */
    String wrongJson() {
        return type.equals("array") ? "7" : "[7]";
    }

    /** Where a problem of it is reported in a document that {@link #document} makes. */
    String reportedPath() {
        return path.replace("[]", "[0]");
    }

    /** A document of which each path has the given value. */
    static String document(TreeMap<String, String> jsonByPath) {
        StringBuilder text = new StringBuilder("{");
        while (!jsonByPath.isEmpty()) {
            String first = jsonByPath.firstKey();
            int dot = first.indexOf('.');
            String key = dot < 0 ? first : first.substring(0, dot);
            TreeMap<String, String> nested = new TreeMap<>();
            jsonByPath.entrySet().removeIf(entry -> {
                boolean inside = entry.getKey().startsWith(key + ".");
                if (inside) {
                    nested.put(entry.getKey().substring(key.length() + 1), entry.getValue());
                }
                return inside;
            });
            String value = nested.isEmpty() ? jsonByPath.remove(key) : document(nested);
            boolean array = key.endsWith("[]");
            text.append(text.length() == 1 ? "" : ", ")
                    .append('"' + (array ? key.substring(0, key.length() - 2) : key) + "\": ")
                    .append(array ? "[" + value + "]" : value);
        }
        return text.append("}").toString();
    }
}
