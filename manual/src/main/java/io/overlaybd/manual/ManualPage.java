package io.overlaybd.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The page of one command. Thread-confined. */
final class ManualPage {

    private static final int COMMANDS = 1;
    private static final int ADMINISTRATION = 8;
    private static final int WIDE = 10_000;

    private final CommandSpec spec;

    ManualPage(CommandLine command) {
        this.spec = command.getCommandSpec();
    }

    /** Such as {@code overlaybd-ctl-attach}. */
    String name() {
        return spec.qualifiedName("-");
    }

    /** 8 for the daemon, which users do not call. */
    int section() {
        return name().equals("overlaybd-tcmu") ? ADMINISTRATION : COMMANDS;
    }

    /** Where it stands below the folder of pages. */
    String fileName() {
        return "man" + section() + "/" + name() + "." + section();
    }

    /** The page; the same in each build of a version. */
    String text(String date, String version) {
        Roff roff = new Roff(name(), section(), date, "overlaybd " + version);
        String purpose = paragraph(spec.usageMessage().description());
        roff.section("Name").text(name() + " - " + firstSentence(purpose));
        roff.section("Synopsis").boldThenText(spec.qualifiedName(), synopsisBehindName());
        roff.section("Description").text(purpose);
        arguments(roff);
        options(roff);
        subcommands(roff);
        exitStatus(roff);
        surroundings(roff);
        examples(roff);
        seeAlso(roff);
        return roff.toString();
    }

    /** In lower case and without its full stop, as indexes of pages want it. */
    private static String firstSentence(String text) {
        int end = text.indexOf(". ");
        String sentence = end < 0 ? text.replaceAll("\\.$", "") : text.substring(0, end);
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }

    private static String paragraph(String... lines) {
        return Stream.of(lines).map(String::strip).collect(Collectors.joining(" "));
    }

    private String synopsisBehindName() {
        spec.usageMessage().width(WIDE);
        String synopsis = new CommandLine.Help(spec, CommandLine.Help.defaultColorScheme(Ansi.OFF)).synopsis(0);
        return " " + synopsis.substring(spec.qualifiedName().length()).strip().replaceAll("\\s+", " ");
    }

    private void arguments(Roff roff) {
        List<PositionalParamSpec> parameters =
                spec.positionalParameters().stream().filter(p -> !p.hidden()).toList();
        if (!parameters.isEmpty()) {
            roff.section("Arguments");
            parameters.forEach(p -> roff.term(p.paramLabel(), "", List.of(p.description())));
        }
    }

    private void options(Roff roff) {
        roff.section("Options");
        spec.options().stream()
                .filter(option -> !option.hidden())
                .forEach(option -> roff.term(names(option), value(option), List.of(option.description())));
    }

    private static String names(OptionSpec option) {
        return String.join(", ", option.names());
    }

    private static String value(OptionSpec option) {
        return option.arity().max() == 0 ? "" : " " + option.paramLabel();
    }

    private void subcommands(Roff roff) {
        if (spec.subcommands().isEmpty()) {
            return;
        }
        roff.section("Commands");
        for (CommandLine subcommand : spec.subcommands().values()) {
            ManualPage page = new ManualPage(subcommand);
            String purpose = paragraph(page.spec.usageMessage().description());
            roff.term(page.spec.name(), "", List.of(purpose, "See " + page.name() + "(" + page.section() + ")."));
        }
    }

    private void exitStatus(Roff roff) {
        Map<String, String> codes = spec.usageMessage().exitCodeList();
        roff.section("Exit status");
        (codes.isEmpty() ? Surroundings.EXIT_CODES : codes)
                .forEach((code, meaning) -> roff.term(code, "", List.of(meaning + ".")));
    }

    private static void surroundings(Roff roff) {
        roff.section("Environment");
        Surroundings.ENVIRONMENT.forEach((name, meaning) -> roff.term(name, "", List.of(meaning)));
        roff.section("Files");
        Surroundings.FILES.forEach((name, meaning) -> roff.term(name, "", List.of(meaning)));
    }

    /** What stands below {@code Example:} in the footer. */
    private void examples(Roff roff) {
        UsageMessageSpec usage = spec.usageMessage();
        List<String> lines = new ArrayList<>(List.of(usage.footer()));
        lines.removeIf(line -> line.isBlank() || line.matches("Examples?:"));
        if (!lines.isEmpty()) {
            roff.section("Examples").verbatim(lines.stream().map(String::strip).toList());
        }
    }

    private void seeAlso(Roff roff) {
        String others = Commands.withSubcommands().stream()
                .map(ManualPage::new)
                .filter(page -> !page.name().equals(name()))
                .filter(page -> spec.parent() != null || page.spec.parent() == null || page.spec.parent() == spec)
                .map(page -> page.name() + "(" + page.section() + ")")
                .sorted()
                .collect(Collectors.joining(", "));
        roff.section("See also").text(others);
    }
}
