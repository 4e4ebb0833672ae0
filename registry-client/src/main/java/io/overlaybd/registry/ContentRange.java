package io.overlaybd.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header that says which bytes an answer holds.
 *
 * <pre>
 * "bytes" SP first "-" last "/" (total | "*")
 * "bytes" SP "*" "/" total
 * </pre>
 *
 * @param firstBytes offset of the first byte, -1 in the second form
 * @param lastBytes offset of the last byte, -1 in the second form
 * @param totalBytes length of the whole, {@link #UNKNOWN} if it is not said
 */
record ContentRange(long firstBytes, long lastBytes, long totalBytes) {

    static final long UNKNOWN = -1;

    private static final Pattern FORM =
            Pattern.compile("bytes\\s+(?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18}|\\*)", Pattern.CASE_INSENSITIVE);

    /** Reads the header; fails if it is absent, has another form or contradicts itself. */
    static ContentRange parse(String header) throws FailedAttempt {
        Matcher form = FORM.matcher(header == null ? "" : header.strip());
        if (!form.matches()) {
            throw FailedAttempt.protocol("Content-Range: expected bytes first-last/total, found " + shown(header));
        }
        long first = number(form.group(1));
        long last = number(form.group(2));
        long total = number(form.group(3));
        if (last < first || total != UNKNOWN && last >= total || first == UNKNOWN && total == UNKNOWN) {
            throw FailedAttempt.protocol("Content-Range contradicts itself: " + shown(header));
        }
        return new ContentRange(first, last, total);
    }

    private static long number(String digits) {
        return digits == null || digits.equals("*") ? UNKNOWN : Long.parseLong(digits);
    }

    private static String shown(String header) {
        return header == null ? "none" : header.substring(0, Math.min(header.length(), 80));
    }
}
