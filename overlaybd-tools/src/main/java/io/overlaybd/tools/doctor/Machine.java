package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files that tell about the kernel and its processes. Immutable.
 *
 * @param root {@code /} for those of this machine
 */
record Machine(Path root) {

    /** A line of the table of mounts. */
    record Mount(String folder, String type, List<String> options) {}

    Path at(String path) {
        return root.resolve(path);
    }

    boolean has(String path) {
        return Files.exists(at(path));
    }

    /** The text of a file, if it is there. */
    Optional<String> read(String path) throws IOException {
        try {
            return Optional.of(Files.readString(at(path)));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    List<String> lines(String path) throws IOException {
        return read(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** What is mounted, in order; of the same folder the last one counts. */
    List<Mount> mounts() throws IOException {
        return lines("proc/self/mounts").stream()
                .map(line -> line.split(" "))
                .filter(words -> words.length > 3)
                .map(words -> new Mount(words[1].replace("\\040", " "), words[2], List.of(words[3].split(","))))
                .toList();
    }

    /** What a file of this machine lies on. */
    Optional<Mount> mountOf(Path file) throws IOException {
        return mounts().stream()
                .filter(mount -> file.toAbsolutePath().normalize().startsWith(mount.folder()))
                .reduce((first, second) ->
                        second.folder().length() >= first.folder().length() ? second : first);
    }

    /** The numbers of the processes of a name. */
    List<String> processes(String name) throws IOException {
        try (Stream<Path> folders = Files.list(at("proc"))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(number -> number.matches("[0-9]+"))
                    .filter(number -> isOfName(number, name))
                    .sorted()
                    .toList();
        }
    }

    private boolean isOfName(String process, String name) {
        try {
            return read("proc/" + process + "/comm")
                    .map(String::strip)
                    .filter(name::equals)
                    .isPresent();
        } catch (IOException endedMeanwhile) {
            return false;
        }
    }
}
