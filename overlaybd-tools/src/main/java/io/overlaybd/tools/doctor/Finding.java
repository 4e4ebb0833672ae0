package io.overlaybd.tools.doctor;

/**
 * One thing that was looked at. Immutable.
 *
 * @param subject what was looked at, in a word or two
 * @param found what there is
 * @param mend what to do about it; empty if it is well
 */
public record Finding(Level level, String subject, String found, String mend) {

    /** How bad it is; the order is that of the exit codes. */
    public enum Level {
        /** As it should be. */
        OK,
        /** It works, but not well, or could not be looked at. */
        WARN,
        /** Something will not work. */
        FAIL
    }

    static Finding ok(String subject, String found) {
        return new Finding(Level.OK, subject, found, "");
    }

    static Finding warn(String subject, String found, String mend) {
        return new Finding(Level.WARN, subject, found, mend);
    }

    static Finding fail(String subject, String found, String mend) {
        return new Finding(Level.FAIL, subject, found, mend);
    }
}
