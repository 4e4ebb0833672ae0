package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The program {@code skopeo}. Skips the test, visibly, where it is absent. */
record Skopeo(Path credentials) {

    /** Runs it with success and answers its output. */
    String run(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(Stream.of("skopeo"), Stream.of(arguments)).toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("REGISTRY_AUTH_FILE", credentials.toString());
        Process process;
        try {
            process = builder.start();
        } catch (IOException absent) {
            Assumptions.abort("SKIPPED: skopeo is not installed");
            throw absent;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), command + ": " + output);
        return output;
    }
}
