package io.overlaybd.manual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.tcmu.OverlaybdTcmu;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class ManualPageTest {

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][a-z_-]*");

    static Stream<CommandLine> commands() {
        return Commands.withSubcommands().stream();
    }

    private static String page(CommandLine command) {
        return new ManualPage(command).text("2026-01-01", "1.2.3");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void pageHasEveryOptionWithItsDescription(CommandLine command) {
        String page = page(command);
        for (OptionSpec option : command.getCommandSpec().options()) {
            for (String name : option.names()) {
                assertEquals(!option.hidden(), page.contains("\\fB" + roff(String.join(", ", option.names()))), name);
            }
            for (String line : option.description()) {
                assertTrue(option.hidden() || page.contains(roff(line)), line);
            }
        }
        for (String part : new String[] {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES"}) {
            assertTrue(page.contains(".SH \"" + part + "\"\n"), () -> command.getCommandName() + " has no " + part);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpFitsEightyColumnsAndItsFirstLineStandsAlone(CommandLine command) {
        String[] description = command.getCommandSpec().usageMessage().description();
        assertTrue(description[0].endsWith("."), description[0]);
        for (String line : command.getCommandSpec().usageMessage().footer()) {
            assertTrue(line.length() <= 80, line);
        }
    }

    private static String roff(String text) {
        return text.replace("-", "\\-").replace("'", "\\(aq").replace("~", "\\(ti");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void pageIsPlainTextWithoutPlaceholders(CommandLine command) {
        String page = page(command);
        assertTrue(page.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 127), page);
        assertTrue(!page.contains("${") && !page.contains("%n") && !page.contains("@|"), page);
    }

    @Test
    void launcherStartsWhatHasAPage() throws IOException {
        Set<String> launched = Files.readString(Path.of("../packaging/src/main/launcher.sh"))
                .lines()
                .filter(line -> line.matches("  overlaybd-[a-z-]+\\) main=.*"))
                .map(line -> line.strip().replaceAll("\\).*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> described =
                Commands.all().stream().map(CommandLine::getCommandName).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(launched, described);
    }

    @Test
    void daemonTakesWhatItsPageSays() {
        PrintStream usual = System.out;
        ByteArrayOutputStream help = new ByteArrayOutputStream();
        System.setOut(new PrintStream(help, true, StandardCharsets.UTF_8));
        try {
            OverlaybdTcmu.main(new String[] {"--help"});
        } finally {
            System.setOut(usual);
        }
        Set<String> told = new TreeSet<>();
        OPTION.matcher(help.toString(StandardCharsets.UTF_8)).results().forEach(found -> told.add(found.group()));
        told.removeIf(option -> option.equals("-a") || option.equals("--wait")); // of its examples
        Set<String> described = new CommandLine(new DaemonCommand())
                .getCommandSpec().options().stream()
                        .flatMap(option -> Stream.of(option.names()))
                        .collect(Collectors.toCollection(TreeSet::new));
        described.remove("-h");
        assertEquals(told, described);
    }

    @Test
    void sameVersionGivesTheSameFiles(@TempDir Path folder) throws IOException {
        Manual.write(folder.resolve("once"), "2026-01-01", "1.2.3");
        Manual.write(folder.resolve("again"), "2026-01-01", "1.2.3");
        try (Stream<Path> files = Files.walk(folder.resolve("once"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path other =
                        folder.resolve("again").resolve(folder.resolve("once").relativize(file));
                assertEquals(-1, Files.mismatch(file, other), file::toString);
            }
        }
        assertTrue(Files.exists(folder.resolve("once/man/man8/overlaybd-tcmu.8")));
        assertTrue(Files.exists(folder.resolve("once/man/man1/overlaybd-ctl-attach.1")));
        assertTrue(Files.exists(folder.resolve("once/bash-completion/completions/overlaybd-ctl")));
    }
}
