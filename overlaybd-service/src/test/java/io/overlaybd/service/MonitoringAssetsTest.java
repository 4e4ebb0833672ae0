package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is packaged for Prometheus and Grafana asks for metrics that there are. */
class MonitoringAssetsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern NAME = Pattern.compile("\\b(overlaybd|process|jvm)_[a-z_]+");
    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (counter|gauge|histogram) \\|");
    private static final Set<String> OF_HISTOGRAM = Set.of("_bucket", "_count", "_sum");

    private static String read(String path) throws IOException {
        return Files.readString(ROOT.resolve(path));
    }

    private static Set<String> documented() throws IOException {
        Set<String> names = new TreeSet<>();
        for (MatchResult row : ROW.matcher(read("docs/metrics.md")).results().toList()) {
            names.add(row.group(1));
            if (row.group(2).equals("histogram")) {
                OF_HISTOGRAM.forEach(suffix -> names.add(row.group(1) + suffix));
            }
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "packaging/grafana/overlaybd.json",
                "packaging/prometheus/alerts.yml",
                "packaging/prometheus/alerts_test.yml"
            })
    void onlyDocumentedMetricsAreAskedFor(String path) throws IOException {
        Set<String> asked = NAME.matcher(read(path))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(asked.size() > 5, asked::toString);
        asked.removeAll(documented());
        assertEquals(Set.of(), asked);
    }

    @Test
    void everyAlertHasATest() throws IOException {
        String tests = read("packaging/prometheus/alerts_test.yml");
        Pattern.compile("- alert: (\\w+)")
                .matcher(read("packaging/prometheus/alerts.yml"))
                .results()
                .map(alert -> "alertname: " + alert.group(1) + "\n        exp_alerts:")
                .forEach(test -> assertTrue(tests.contains(test), test));
    }
}
