package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The programs of others that tests use where they are installed. */
public final class Programs {

    private Programs() {}

    /** Runs a program and answers what it said; skips the test, visibly, where it is not installed. */
    public static String run(Path folder, String... command) throws IOException, InterruptedException {
        boolean installed = Path.of("/usr/bin", command[0]).toFile().canExecute();
        Assumptions.assumeTrue(installed, () -> "SKIPPED: not installed: " + command[0]);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + output);
        return output;
    }
}
