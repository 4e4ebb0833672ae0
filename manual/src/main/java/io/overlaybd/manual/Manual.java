package io.overlaybd.manual;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes all pages and completions, as they are to stand in {@code share}. Stateless. */
public final class Manual {

    private static final int ARGUMENTS = 3;

    private Manual() {}

    /** Takes the folder, the date of the pages ({@code 2026-01-01...}) and the version. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != ARGUMENTS) {
            throw new IllegalArgumentException(
                    "expected FOLDER DATE VERSION, found " + arguments.length + " arguments");
        }
        write(Path.of(arguments[0]), arguments[1].substring(0, "yyyy-mm-dd".length()), arguments[2]);
    }

    /** The folder is made if it is missing; what stands there already is replaced. */
    static void write(Path folder, String date, String version) throws IOException {
        for (CommandLine command : Commands.withSubcommands()) {
            ManualPage page = new ManualPage(command);
            write(folder.resolve("man").resolve(page.fileName()), page.text(date, version));
        }
        for (CommandLine command : Commands.all()) {
            String name = command.getCommandName();
            // Of bash, which zsh understands too.
            write(folder.resolve("bash-completion/completions").resolve(name), AutoComplete.bash(name, command));
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
