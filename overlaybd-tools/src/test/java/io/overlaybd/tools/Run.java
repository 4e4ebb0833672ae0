package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What came of running a command. */
record Run(int exitCode, String out, String err) {

    /** Runs a command; arguments may be paths. */
    static Run of(Command command, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Command.commandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        return new Run(exitCode, out.toString(), err.toString());
    }

    /** Runs a command that must succeed. */
    static Run ok(Command command, Object... arguments) {
        Run run = of(command, arguments);
        assertEquals("", run.err());
        assertEquals(0, run.exitCode());
        return run;
    }

    /** Asserts exit code and the one line on standard error. */
    void assertFailed(int expectedExitCode, String expectedLine) {
        assertEquals(expectedLine + System.lineSeparator(), err);
        assertEquals(expectedExitCode, exitCode);
    }

    /** Text of a path for a config. */
    static String json(Path... layers) {
        StringBuilder json = new StringBuilder("{\"lowers\":[");
        for (Path layer : layers) {
            json.append(json.charAt(json.length() - 1) == '[' ? "" : ",")
                    .append("{\"file\":\"")
                    .append(layer)
                    .append("\"}");
        }
        return json.append("]}").toString();
    }
}
