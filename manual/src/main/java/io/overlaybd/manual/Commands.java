package io.overlaybd.manual;

import io.overlaybd.nbd.OverlaybdNbd;
import io.overlaybd.tools.OverlaybdCommit;
import io.overlaybd.tools.OverlaybdCreate;
import io.overlaybd.tools.OverlaybdExport;
import io.overlaybd.tools.OverlaybdImport;
import io.overlaybd.tools.OverlaybdInspect;
import io.overlaybd.tools.OverlaybdMerge;
import io.overlaybd.tools.OverlaybdPullConfig;
import io.overlaybd.tools.OverlaybdPush;
import io.overlaybd.tools.OverlaybdResize;
import io.overlaybd.tools.OverlaybdZFile;
import io.overlaybd.tools.ctl.OverlaybdCtl;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The commands in {@code bin}, each with its definition; a test holds them against the launcher. Stateless. */
final class Commands {

    private Commands() {}

    /** What can be called by its name. */
    static List<CommandLine> all() {
        return Stream.concat(
                        Stream.of(
                                        new OverlaybdCreate(),
                                        new OverlaybdCommit(),
                                        new OverlaybdMerge(),
                                        new OverlaybdResize(),
                                        new OverlaybdInspect(),
                                        new OverlaybdZFile(),
                                        new OverlaybdImport(),
                                        new OverlaybdExport(),
                                        new OverlaybdPush(),
                                        new OverlaybdPullConfig(),
                                        new OverlaybdCtl(),
                                        new DaemonCommand())
                                .map(CommandLine::new),
                        Stream.of(OverlaybdNbd.commandLine()))
                .toList();
    }

    /** Those, and their subcommands. */
    static List<CommandLine> withSubcommands() {
        List<CommandLine> commands = new ArrayList<>();
        all().forEach(command -> collect(command, commands));
        return commands;
    }

    private static void collect(CommandLine command, List<CommandLine> commands) {
        commands.add(command);
        command.getSubcommands().values().forEach(subcommand -> collect(subcommand, commands));
    }
}
