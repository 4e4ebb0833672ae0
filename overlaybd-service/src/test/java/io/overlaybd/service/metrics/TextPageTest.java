package io.overlaybd.service.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.metrics.Histogram;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TextPageTest {

    private final TextPage page = new TextPage();

    @Test
    void labelsAreEscaped() {
        page.gauge("g", "Help.").sample(1, "label", "a\"b\\c\nd");
        assertEquals("# HELP g Help.\n# TYPE g gauge\ng{label=\"a\\\"b\\\\c\\nd\"} 1\n", page.toString());
    }

    @Test
    void bucketsCountWhatLowerOnesHold() {
        Histogram histogram = new Histogram();
        histogram.record(TimeUnit.MICROSECONDS.toNanos(10));
        histogram.record(TimeUnit.MICROSECONDS.toNanos(15), 2);
        histogram.record(TimeUnit.SECONDS.toNanos(100));
        page.histogram("h_seconds", "Help.").latencies(histogram.snapshot(), "a", "b");
        String text = page.toString();
        assertTrue(text.contains("h_seconds_bucket{a=\"b\",le=\"0.00001\"} 1\n"), text);
        assertTrue(text.contains("h_seconds_bucket{a=\"b\",le=\"0.00002\"} 3\n"), text);
        assertTrue(text.contains("h_seconds_bucket{a=\"b\",le=\"30\"} 3\n"), text);
        assertTrue(text.contains("h_seconds_bucket{a=\"b\",le=\"+Inf\"} 4\n"), text);
        assertTrue(text.contains("h_seconds_sum{a=\"b\"} 100.00004\n"), text);
        assertTrue(text.endsWith("h_seconds_count{a=\"b\"} 4\n"), text);
    }

    @Test
    void labelsFromOutsideAreOnOneLineAndNotLong() {
        assertEquals("a?b", Labels.clean("a\nb"));
        assertEquals("?", Labels.clean("\ud800"));
        assertEquals(200, Labels.clean("x".repeat(1000)).length());
    }
}
