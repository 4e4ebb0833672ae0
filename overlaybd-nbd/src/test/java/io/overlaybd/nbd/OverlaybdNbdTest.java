package io.overlaybd.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line as far as it does not serve. */
class OverlaybdNbdTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        CommandLine line = OverlaybdNbd.commandLine(new Termination());
        return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    @Test
    void helpHasAnExample() {
        assertEquals(0, execute("--help"));
        assertTrue(out.toString().contains("overlaybd-nbd config.v1.json --socket /run/image.sock"), out.toString());
    }

    @Test
    void wrongCallsAreOneLineAndExitWithTwo() {
        String[][] calls = {
            {},
            {"config"},
            {"--socket", "s"},
            {"config", "--socket", "s", "--port", "1"},
            {"config", "--socket", "s", "--bind", "0.0.0.0"},
            {"config", "--bind", "0.0.0.0"},
            {"config", "--port", "65536"},
            {"config", "--port", "-1"},
            {"config", "--socket", "s", "--threads", "0"},
            {"config", "--socket", "s", "--unknown"},
        };
        for (String[] call : calls) {
            err.getBuffer().setLength(0);
            assertEquals(2, execute(call), () -> String.join(" ", call));
            assertEquals(1, err.toString().lines().count(), err::toString);
            assertTrue(err.toString().contains("--help"), err::toString);
        }
    }

    @Test
    void imageThatCannotBeOpenedIsNamedAndExitsWithOne() {
        Path config = folder.resolve("none.json");
        Path socket = folder.resolve("s");
        assertEquals(1, execute(config.toString(), "--socket", socket.toString()));
        assertTrue(err.toString().contains(config.toString()), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertFalse(socket.toFile().exists());
    }

    @Test
    void serviceConfigThatIsNamedMustBeThere() {
        Path none = folder.resolve("none.json");
        assertEquals(1, execute("config", "--socket", "s", "--service-config", none.toString()));
        assertTrue(err.toString().contains(none.toString()), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }
}
