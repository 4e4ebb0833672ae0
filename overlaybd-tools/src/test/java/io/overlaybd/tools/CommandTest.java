package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandTest {

    @CommandLine.Command(name = "overlaybd-test")
    private static final class Unlinked extends Command {
        @Override
        void run() {
            throw new ExceptionInInitializerError(new IOException("no such folder"));
        }
    }

    @Test
    void libraryThatCannotBeUnpackedIsOneLineThatSaysWhereTo() {
        StringWriter errors = new StringWriter();
        int status = Command.commandLine(new Unlinked())
                .setErr(new PrintWriter(errors, true))
                .execute();
        assertEquals(Command.FAILED, status);
        assertEquals(1, errors.toString().lines().count(), errors::toString);
        assertTrue(errors.toString()
                .contains("no such folder; it is unpacked to " + System.getProperty("java.io.tmpdir")));
        assertFalse(errors.toString().contains("\tat "));
    }
}
