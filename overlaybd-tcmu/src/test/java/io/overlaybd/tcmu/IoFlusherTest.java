package io.overlaybd.tcmu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IoFlusherTest {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final String NOT_ALLOWED = "errno 1)";
    private static final String NOT_KNOWN = "errno 22)";

    /** What {@link Probe} printed, and before it what the flusher told. */
    private static String output(String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of(JAVA, "-Xmx16m", "-cp", CLASS_PATH), Stream.of(arguments))
                .toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private static String flushed(String... arguments) throws IOException, InterruptedException {
        String[] launcher = {IoFlusher.class.getName(), JAVA, "-Xmx16m", "-cp", CLASS_PATH, Probe.class.getName()};
        return output(Stream.concat(Stream.of(launcher), Stream.of(arguments)).toArray(String[]::new));
    }

    @Test
    void everyThreadOfTheVmIsMarked() throws IOException, InterruptedException {
        String output = flushed();
        assumeFalse(output.contains(NOT_ALLOWED) || output.contains(NOT_KNOWN), output);
        List<String> threads =
                output.lines().filter(line -> line.startsWith("thread ")).toList();
        assertTrue(threads.size() > 5, () -> "threads of a VM: " + threads);
        assertTrue(threads.stream().allMatch(line -> line.endsWith(" flusher")), threads::toString);
    }

    @Test
    void withoutTheFlusherNoThreadIsMarked() throws IOException, InterruptedException {
        assertFalse(output(Probe.class.getName()).contains(" flusher"));
    }

    @Test
    void argumentsAreHandedOnAsTheyAre() throws IOException, InterruptedException {
        assertTrue(flushed("", "a b", "é$'\"").contains("arguments [, a b, é$'\"]"));
    }

    @Test
    void noFileStaysOpen() throws IOException, InterruptedException {
        String alone = filesLine(output(Probe.class.getName()));
        assertEquals(alone, filesLine(flushed()));
    }

    private static String filesLine(String output) {
        return output.lines()
                .filter(line -> line.startsWith("files "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void programThatIsNotThereIsTold() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        JAVA, "-Xmx16m", "-cp", CLASS_PATH, IoFlusher.class.getName(), "/nowhere/java")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(255, process.waitFor());
        assertTrue(output.contains("cannot start /nowhere/java: No such file or directory"), output);
    }

    /** A program that tells of its own threads, arguments and files. */
    static final class Probe {

        private static final int FIELD_AFTER_NAME_FLAGS = 6;
        private static final long MEMALLOC_NOIO = 0x80000;

        private Probe() {}

        public static void main(String[] arguments) throws IOException {
            try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
                tasks.forEach(task -> System.out.println("thread " + task.getFileName() + mark(task)));
            }
            System.out.println("arguments " + List.of(arguments));
            try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
                System.out.println("files " + files.count());
            }
        }

        /** The ninth field; the second, the name in parentheses, may have spaces. */
        private static String mark(Path task) {
            try {
                String stat = Files.readString(task.resolve("stat"));
                String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                long flags = Long.parseLong(afterName[FIELD_AFTER_NAME_FLAGS]);
                return (flags & MEMALLOC_NOIO) != 0 ? " flusher" : " ordinary";
            } catch (IOException e) {
                return " gone";
            }
        }
    }
}
