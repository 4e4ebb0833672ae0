package io.overlaybd.config;

import java.util.List;
import java.util.Map;

/** A value of a parsed document. Numbers stay text, so that no number can be too large to report. */
sealed interface Json {

    /** Members in the order of the file, of duplicates the first. */
    record Members(Map<String, Json> byKey) implements Json {
        @Override
        public String describe() {
            return "an object";
        }
    }

    /** Elements of an array. */
    record Elements(List<Json> values) implements Json {
        @Override
        public String describe() {
            return "an array";
        }
    }

    /** A string. */
    record Text(String value) implements Json {
        @Override
        public String describe() {
            return quote(value);
        }
    }

    /** A number as it was written. */
    record Number(String digits) implements Json {
        @Override
        public String describe() {
            return "the number " + clip(digits);
        }
    }

    /** A boolean. */
    record Bool(boolean value) implements Json {
        @Override
        public String describe() {
            return String.valueOf(value);
        }
    }

    /** The literal {@code null}. */
    record Null() implements Json {
        @Override
        public String describe() {
            return "null";
        }
    }

    /** The value as a message shows it: short, on one line. */
    String describe();

    /** Text in quotes, without control characters, at most some 80 characters long. */
    static String quote(String text) {
        return '"' + clip(text).replaceAll("[\\p{Cntrl}\\p{Cs}]", "?") + '"';
    }

    private static String clip(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
