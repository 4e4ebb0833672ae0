package io.overlaybd.tcmu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandLineTest {

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    private Optional<Optional<Path>> parse(String... arguments) {
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        return CommandLine.parse(arguments, out).map(CommandLine::config);
    }

    @Test
    void withoutArgumentsTheFileOfTheInstallationIsMeant() {
        assertEquals(Optional.of(Optional.empty()), parse());
    }

    @Test
    void firstArgumentIsTheConfigurationAndOthersAreIgnored() {
        assertEquals(Optional.of(Optional.of(Path.of("a.json"))), parse("a.json", "--help", "x"));
    }

    @Test
    void helpAndVersionStartNothing() {
        assertEquals(Optional.empty(), parse("--help"));
        assertTrue(text.toString(StandardCharsets.UTF_8).contains("Example:"));
        assertEquals(Optional.empty(), parse("--version"));
        assertTrue(text.toString(StandardCharsets.UTF_8).contains("overlaybd-tcmu (not packaged)"));
    }
}
