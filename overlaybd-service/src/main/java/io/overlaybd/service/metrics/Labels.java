package io.overlaybd.service.metrics;

/** Text from outside, made fit for the value of a label. Stateless. */
final class Labels {

    private static final int MAX_CHARACTERS = 200;

    private Labels() {}

    /** Printable, on one line, and not long. */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(MAX_CHARACTERS)
                .map(point -> Character.isISOControl(point) || !Character.isDefined(point) || isSurrogate(point)
                        ? '?'
                        : point)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static boolean isSurrogate(int point) {
        return Character.getType(point) == Character.SURROGATE;
    }
}
