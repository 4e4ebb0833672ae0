package io.overlaybd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds docs/configuration.md against what is parsed, in both directions. */
class ConfigurationReferenceTest {

    /** A sort of file. */
    private record Kind(Class<?> record, Function<ConfigObject, ?> factory) {

        List<DocumentedField> fields() throws IOException {
            return DocumentedField.of(record);
        }

        Loaded<?> load(String json) throws IOException {
            return ConfigReader.parse("documented.json", json.getBytes(StandardCharsets.UTF_8), factory);
        }

        /** The document of the fields, in which what has to be there is there. */
        String document(TreeMap<String, String> jsonByPath) {
            TreeMap<String, String> all = new TreeMap<>(jsonByPath);
            boolean hasLayer = all.keySet().stream().anyMatch(path -> path.startsWith("lowers"));
            if (record == ImageConfig.class && !hasLayer) {
                all.put("lowers[].file", "\"/least\"");
            }
            return DocumentedField.document(all);
        }
    }

    static Stream<Named<Kind>> kinds() {
        return Stream.of(
                Named.of("overlaybd.json", new Kind(GlobalConfig.class, GlobalConfig::from)),
                Named.of("config.v1.json", new Kind(ImageConfig.class, ImageConfig::from)));
    }

    private static TreeMap<String, String> one(DocumentedField field, String json) {
        return new TreeMap<>(Map.of(field.path(), json));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFieldThatIsParsedIsDocumented(Kind kind) throws IOException {
        Report report = new Report();
        String document = kind.document(values(kind, field -> false, DocumentedField::exampleJson));
        Json root = JsonParsing.parse("known", document.getBytes(StandardCharsets.UTF_8), report);
        kind.factory.apply(new ConfigObject("", (Json.Members) root, report));
        SortedSet<String> documented = new TreeSet<>();
        kind.fields().forEach(field -> documented.add(field.reportedPath()));
        assertEquals(lines(report.knownPaths()), lines(documented), "parsed, and documented in docs/configuration.md");
    }

    private static String lines(SortedSet<String> paths) {
        return String.join("\n", paths);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFieldHasTheDocumentedType(Kind kind) throws IOException {
        for (DocumentedField field : kind.fields()) {
            String json = kind.document(one(field, field.wrongJson()));
            if (field.refusal().isEmpty()) {
                kind.load(json);
                continue;
            }
            ConfigException refused = assertThrows(ConfigException.class, () -> kind.load(json), json);
            String expected = field.reportedPath() + ": " + field.refusal().get();
            assertTrue(
                    refused.problems().stream().anyMatch(problem -> problem.startsWith(expected)),
                    () -> "expected " + expected + ", found " + refused.problems());
        }
    }

    /** Beside nothing, and beside all examples: some fields count only where another one is. */
    @ParameterizedTest
    @MethodSource("kinds")
    void leavingAFieldOutIsItsDocumentedDefault(Kind kind) throws IOException {
        List<DocumentedField> all = kind.fields();
        for (DocumentedField field : all) {
            boolean hasDefault = !field.hasMembers(all) && !field.type().equals("ignored");
            // Without a mode the older field beside it counts, which is a default of another sort.
            if (hasDefault && !field.path().equals("credentialConfig.mode")) {
                TreeMap<String, String> examples = values(kind, field::equals, DocumentedField::exampleJson);
                sameWithAndWithout(kind, field, examples);
                sameWithAndWithout(kind, field, new TreeMap<>(beside(field)));
            }
        }
    }

    /** What the object that the field is in has to have at least, so that it is there. */
    private static Map<String, String> beside(DocumentedField field) {
        if (field.path().startsWith("lowers[].")) {
            String other = field.path().equals("lowers[].file") ? "dir" : "file";
            return Map.of("lowers[]." + other, "\"/least\"");
        }
        return field.path().startsWith("download.") ? Map.of("download", "{}") : Map.of();
    }

    private static void sameWithAndWithout(Kind kind, DocumentedField field, TreeMap<String, String> others) {
        String without = kind.document(others);
        TreeMap<String, String> with = new TreeMap<>(others);
        with.put(field.path(), field.defaultJson());
        with.keySet().removeIf(path -> field.path().startsWith(path + "."));
        assertEquals(outcome(kind, without), outcome(kind, kind.document(with)), field.path());
    }

    private static String outcome(Kind kind, String json) {
        try {
            return kind.load(json).config().toString();
        } catch (IOException refused) {
            return refused.getMessage();
        }
    }

    private static TreeMap<String, String> values(
            Kind kind, Predicate<DocumentedField> without, Function<DocumentedField, String> json) throws IOException {
        TreeMap<String, String> values = new TreeMap<>();
        List<DocumentedField> all = kind.fields();
        all.stream()
                .filter(field -> !field.hasMembers(all) && !without.test(field))
                .forEach(field -> values.put(field.path(), json.apply(field)));
        return values;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void allExamplesAreSoundAndWithoutWarning(Kind kind) throws IOException {
        String json = kind.document(values(kind, field -> false, DocumentedField::exampleJson));
        assertEquals(List.of(), kind.load(json).warnings(), json);
        for (DocumentedField field : kind.fields()) {
            assertTrue(field.since().matches("original|\\d+\\.\\d+\\.\\d+"), field::toString);
        }
    }

    @Test
    void shippedFileNamesEveryFieldThatHasNoNewerForm() throws IOException {
        String shipped = Files.readString(Path.of("../etc/overlaybd.json"));
        for (DocumentedField field : DocumentedField.of(GlobalConfig.class)) {
            String name = field.path().substring(field.path().lastIndexOf('.') + 1);
            boolean named = shipped.contains("\"" + name + "\"") || field.path().contains("[].");
            boolean inEmptyArray = field.path().contains("[]");
            assertTrue(
                    named || inEmptyArray || field.meaning().startsWith("older form"),
                    field.path() + " is not in etc/overlaybd.json");
        }
    }
}
