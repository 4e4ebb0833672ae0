package io.overlaybd.service.metrics;

import io.overlaybd.io.metrics.HistogramSnapshot;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/**
 * A page in Prometheus' text format, version 0.0.4:
 *
 * <pre>
 *  family = "# HELP " name SP help LF  "# TYPE " name SP ( "counter" | "gauge" | "histogram" ) LF  *sample
 *  sample = name [ "{" label "=" DQUOTE value DQUOTE *( "," ... ) "}" ] SP number LF
 * </pre>
 *
 * A family is begun, then gets its samples, before the next one begins. Thread-confined.
 */
public final class TextPage {

    private static final int NANO_DIGITS = 9;

    private final StringBuilder text = new StringBuilder();
    private String family = "";

    /** What only grows. By custom the name ends in {@code _total}. */
    public TextPage counter(String name, String help) {
        return begin(name, "counter", help);
    }

    /** What is true of a moment. */
    public TextPage gauge(String name, String help) {
        return begin(name, "gauge", help);
    }

    /** Latencies; by custom the name ends in {@code _seconds}. */
    public TextPage histogram(String name, String help) {
        return begin(name, "histogram", help);
    }

    private TextPage begin(String name, String type, String help) {
        family = name;
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /** A sample of the family that was begun last; labels are names and values in turn. */
    public TextPage sample(long value, String... labels) {
        return sample("", Long.toString(value), labels);
    }

    /** A sample that is no whole number. */
    public TextPage sample(double value, String... labels) {
        return sample("", Double.toString(value), labels);
    }

    /** A duration, shown in seconds. */
    public TextPage seconds(long nanos, String... labels) {
        return sample("", seconds(nanos), labels);
    }

    /** All samples of a histogram. */
    public TextPage latencies(HistogramSnapshot latencies, String... labels) {
        String[] withBound = new String[labels.length + 2];
        System.arraycopy(labels, 0, withBound, 0, labels.length);
        withBound[labels.length] = "le";
        long upTo = 0;
        for (int bucket = 0; bucket < latencies.buckets(); bucket++) {
            upTo += latencies.count(bucket);
            boolean last = bucket == latencies.buckets() - 1;
            withBound[labels.length + 1] = last ? "+Inf" : seconds(latencies.boundNanos(bucket));
            sample("_bucket", Long.toString(upTo), withBound);
        }
        sample("_sum", seconds(latencies.sumNanos()), labels);
        return sample("_count", Long.toString(upTo), labels);
    }

    private TextPage sample(String suffix, String value, String... labels) {
        text.append(family).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            appendEscaped(labels[i + 1]);
            text.append('"');
        }
        text.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
        return this;
    }

    private void appendEscaped(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
    }

    private static String seconds(long nanos) {
        return BigDecimal.valueOf(nanos, NANO_DIGITS).stripTrailingZeros().toPlainString();
    }

    /** The page so far. */
    public byte[] toBytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
