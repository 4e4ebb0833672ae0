package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final long SECOND = 1_000_000_000;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final AtomicLong now = new AtomicLong(77);

    private Progress start(long totalBytes) {
        return new Progress(new PrintStream(shown, true), now::get, "import", totalBytes);
    }

    @Test
    void tellsBytesPercentAndRateAndClearsTheLine() {
        try (Progress progress = start(4 << 20)) {
            now.addAndGet(2 * SECOND);
            progress.add(1 << 20);
        }
        assertEquals("\r\033[Kimport: 1.0 MiB of 4.0 MiB, 25 %, 512.0 KiB/s\r\033[K", shown.toString());
    }

    @Test
    void anUnknownTotalHasNoPercent() {
        Progress progress = start(0);
        now.addAndGet(SECOND);
        progress.add(500);
        assertEquals("\r\033[Kimport: 500 B, 500 B/s", shown.toString());
    }

    @Test
    void isNotShownMoreThanTenTimesASecond() {
        try (Progress progress = start(100)) {
            for (int i = 0; i < 99; i++) {
                now.addAndGet(SECOND / 1000);
                progress.add(1);
            }
        }
        assertEquals("", shown.toString());
    }

    @Test
    void isSilentWithoutATerminal() {
        try (Progress progress = new Progress(null, now::get, "import", 10)) {
            now.addAndGet(SECOND);
            progress.add(10);
        }
    }

    @Test
    void bytesAreToldInTheLargestUnit() {
        assertEquals("1023 B", Progress.bytes(1023));
        assertEquals("1.0 KiB", Progress.bytes(1024));
        assertEquals("1.5 GiB", Progress.bytes(3L << 29));
        assertEquals("8.0 EiB", Progress.bytes(Long.MAX_VALUE));
    }
}
