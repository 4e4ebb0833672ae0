package io.overlaybd.io.tar;

import io.overlaybd.io.CorruptFormatException;
import java.nio.charset.StandardCharsets;

/**
 * The extended records of POSIX.1-2001 ("PAX") that stand before a member: {@code "<length> <key>=<value>\n"}, where the
 * length counts the whole record with its own digits. Of all keys the wrapper needs only {@code size}.
 */
final class PaxRecords {

    private static final String SIZE = "size";

    private PaxRecords() {}

    /** The one record that the wrapper writes. */
    static byte[] encodeSize(long sizeBytes) {
        String rest = " " + SIZE + "=" + sizeBytes + "\n";
        int length = rest.length() + String.valueOf(rest.length()).length();
        if (String.valueOf(length).length() > String.valueOf(rest.length()).length()) {
            length++;
        }
        return (length + rest).getBytes(StandardCharsets.US_ASCII);
    }

    /** The value of the last {@code size} record, 0 if there is none. */
    static long size(byte[] records, String resource, long at) throws CorruptFormatException {
        long size = 0;
        for (int start = 0; start < records.length; ) {
            int length = recordLength(records, start, resource, at);
            String record = new String(records, start, length, StandardCharsets.ISO_8859_1);
            String assignment = record.substring(record.indexOf(' ') + 1, length - 1);
            if (assignment.indexOf('=') < 1) {
                throw malformed(resource, at + start);
            }
            if (assignment.startsWith(SIZE + "=")) {
                size = parseSize(assignment.substring(SIZE.length() + 1), resource, at + start);
            }
            start += length;
        }
        return size;
    }

    private static int recordLength(byte[] records, int start, String resource, long at) throws CorruptFormatException {
        int digits = 0;
        int length = 0;
        while (digits < 7 && start + digits < records.length && Character.isDigit(records[start + digits])) {
            length = length * 10 + (records[start + digits] - '0');
            digits++;
        }
        boolean whole = digits > 0
                && length > digits + 1
                && length <= records.length - start
                && records[start + digits] == ' '
                && records[start + length - 1] == '\n';
        if (!whole) {
            throw malformed(resource, at + start);
        }
        return length;
    }

    private static CorruptFormatException malformed(String resource, long at) {
        return new CorruptFormatException(
                resource, at, "tar extended record is not of the form \"<length> <key>=<value>\\n\"");
    }

    private static long parseSize(String value, String resource, long at) throws CorruptFormatException {
        if (!value.matches("[0-9]{1,18}")) {
            throw new CorruptFormatException(resource, at, "tar extended size is not a number of bytes");
        }
        return Long.parseLong(value);
    }
}
