package io.overlaybd.tools.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;

/** How findings are told. Immutable. */
public record Report(List<Finding> findings) {

    /** Takes a copy of the list. */
    public Report {
        findings = List.copyOf(findings);
    }

    /** The worst there is. */
    public Finding.Level worst() {
        return findings.stream().map(Finding::level).max(Enum::compareTo).orElse(Finding.Level.OK);
    }

    /** A line each, and below it how to mend it. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(String.format(
                    Locale.ROOT, "%-5s %s: %s%n", word(finding.level()), finding.subject(), finding.found()));
            if (!finding.mend().isEmpty()) {
                text.append("      mend: ").append(finding.mend()).append(System.lineSeparator());
            }
        }
        return text.toString();
    }

    /** {@code {"result": level, "findings": [{"level", "subject", "found", "mend"}]}}. */
    public String json() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("result", word(worst()));
            out.writeArrayFieldStart("findings");
            for (Finding finding : findings) {
                out.writeStartObject();
                out.writeStringField("level", word(finding.level()));
                out.writeStringField("subject", finding.subject());
                out.writeStringField("found", finding.found());
                out.writeStringField("mend", finding.mend());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return text + System.lineSeparator();
    }

    private static String word(Finding.Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
