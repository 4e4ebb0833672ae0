package io.overlaybd.registry.manifest;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

/** Dates as images carry them: RFC 3339, with as many fractional digits as say something. */
final class Rfc3339 {

    private static final DateTimeFormatter FORM = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendOffset("+HH:MM", "Z")
            .toFormatter();

    private Rfc3339() {}

    /** The same moment in that form; null stays null. */
    static String normalise(String date) {
        if (date == null) {
            return null;
        }
        try {
            return FORM.format(OffsetDateTime.parse(date));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("expected an RFC 3339 date, found " + date, e);
        }
    }
}
