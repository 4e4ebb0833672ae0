package io.overlaybd.manual;

import java.util.List;
import java.util.Locale;

/**
 * A page in the macros of man(7), line by line:
 *
 * <pre>
 *  .TH NAME section date source manual       title
 *  .SH SECTION                               section; its text follows
 *  .TP                                       the next line is a term, what follows its explanation
 *  .PP                                       paragraph
 *  .EX ... .EE                               verbatim
 * </pre>
 *
 * Thread-confined.
 */
final class Roff {

    private final StringBuilder page = new StringBuilder();

    Roff(String name, int section, String date, String source) {
        macro(".TH " + quoted(name.toUpperCase(Locale.ROOT)) + " " + section + " \"" + date + "\" " + quoted(source)
                + " " + quoted("overlaybd manual"));
    }

    /** Begins a section. */
    Roff section(String title) {
        return macro(".SH " + quoted(title.toUpperCase(Locale.ROOT)));
    }

    /** Begins a paragraph within a section. */
    Roff paragraph() {
        return macro(".PP");
    }

    /** Running text. */
    Roff text(String text) {
        page.append(escaped(text)).append('\n');
        return this;
    }

    /** Text with a part that stands out before it. */
    Roff boldThenText(String bold, String text) {
        page.append(bold(bold)).append(escaped(text)).append('\n');
        return this;
    }

    /** A term and what it means. */
    Roff term(String bold, String rest, List<String> meaning) {
        macro(".TP");
        boldThenText(bold, rest);
        meaning.forEach(this::text);
        return this;
    }

    /** Lines as they are. */
    Roff verbatim(List<String> lines) {
        macro(".EX");
        lines.forEach(this::text);
        return macro(".EE");
    }

    private Roff macro(String line) {
        page.append(line).append('\n');
        return this;
    }

    private static String bold(String text) {
        return text.isEmpty() ? "" : "\\fB" + protectedWords(text) + "\\fR";
    }

    private static String quoted(String text) {
        return '"' + protectedWords(text).replace("\"", "\\(dq") + '"';
    }

    /** A line that begins with a dot or an apostrophe would be a macro. */
    private static String escaped(String text) {
        String words = protectedWords(text);
        return words.startsWith(".") || words.startsWith("'") ? "\\&" + words : words;
    }

    /** Hyphens of options have to stay what they are on the keyboard, as do quotes that are copied into a shell. */
    private static String protectedWords(String text) {
        return text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti")
                .replace("`", "\\(ga");
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
