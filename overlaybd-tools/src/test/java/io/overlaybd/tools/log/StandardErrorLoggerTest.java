package io.overlaybd.tools.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.Level;

class StandardErrorLoggerTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Logger logger(Level level) {
        return new StandardErrorLogger(
                "io.overlaybd.Thing", level, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void messageIsOneLineWithTimeLevelAndName() {
        logger(Level.WARN).warn("{}: {} of {}", "a", 1, 2);
        assertTrue(written().matches("\\d\\d:\\d\\d(:\\d\\d)?(\\.\\d{3})? * WARN  Thing: a: 1 of 2\n"), written());
    }

    @Test
    void whatIsBelowTheLevelIsNotSaid() {
        logger(Level.WARN).info("no");
        logger(Level.ERROR).warn("no");
        logger(Level.INFO).debug("no");
        assertEquals("", written());
        logger(Level.INFO).info("yes");
        assertTrue(written().endsWith("INFO  Thing: yes\n"), written());
    }

    @Test
    void exceptionIsToldInItsWordsAndWithItsTraceOnlyForDebugging() {
        logger(Level.WARN).warn("failed", new IOException("no room"));
        assertEquals(1, written().lines().count());
        assertTrue(written().endsWith("failed (java.io.IOException: no room)\n"), written());
        logger(Level.DEBUG).warn("{} failed", "it", new IOException("no room"));
        assertTrue(written().contains("it failed\njava.io.IOException: no room\n\tat "), written());
    }

    @Test
    void levelIsReadWhateverItsCase() {
        assertEquals(Level.DEBUG, StandardErrorLogging.level("debug"));
        assertEquals(Level.TRACE, StandardErrorLogging.level("TRACE"));
        assertEquals(Level.WARN, StandardErrorLogging.level(null));
        assertEquals(Level.WARN, StandardErrorLogging.level("loud"));
    }
}
