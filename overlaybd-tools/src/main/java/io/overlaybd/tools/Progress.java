package io.overlaybd.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A line on standard error that tells bytes, percent and rate of a running command. Shown only on a terminal, and taken
 * away at the end. Thread-confined.
 */
final class Progress implements AutoCloseable {

    private static final long INTERVAL_NANOS = 100_000_000;
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream terminal;
    private final LongSupplier nanoClock;
    private final String label;
    private final long totalBytes;
    private final long startNanos;
    private long shownNanos;
    private long doneBytes;

    /** With a terminal or null, and a clock; for tests. */
    Progress(PrintStream terminal, LongSupplier nanoClock, String label, long totalBytes) {
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        this.label = label;
        this.totalBytes = totalBytes;
        this.startNanos = nanoClock.getAsLong();
        this.shownNanos = startNanos;
    }

    /** Begins; the total is 0 if unknown. */
    static Progress start(String label, long totalBytes) {
        return new Progress(isTerminal() ? System.err : null, System::nanoTime, label, totalBytes);
    }

    /** The JDK knows only whether all three streams are a terminal; this one matters even if data is piped. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /** So many bytes more are done. */
    void add(long bytes) {
        doneBytes += bytes;
        if (terminal != null && nanoClock.getAsLong() - shownNanos >= INTERVAL_NANOS) {
            shownNanos = nanoClock.getAsLong();
            terminal.print(CLEAR_LINE + line());
            terminal.flush();
        }
    }

    private String line() {
        double seconds = Math.max(1, shownNanos - startNanos) / 1e9;
        String rate = bytes((long) (doneBytes / seconds)) + "/s";
        if (totalBytes <= 0) {
            return "%s: %s, %s".formatted(label, bytes(doneBytes), rate);
        }
        long percent = Math.min(100, (long) (100.0 * doneBytes / totalBytes));
        return "%s: %s of %s, %d %%, %s".formatted(label, bytes(doneBytes), bytes(totalBytes), percent, rate);
    }

    /** A number of bytes for people: {@code 1.5 GiB}. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        return String.format(Locale.ROOT, "%.1f %siB", (double) bytes / (1L << 10 * unit), "KMGTPE".charAt(unit - 1));
    }

    @Override
    public void close() {
        if (terminal != null && shownNanos != startNanos) {
            terminal.print(CLEAR_LINE);
            terminal.flush();
        }
    }
}
