package io.overlaybd.tools;

import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** What a command and its subcommands have that stand in a package of their own: all that {@link Command} has. Thread-confined. */
public abstract class Subcommand extends Command {

    /** Does the work. */
    protected abstract void work() throws IOException;

    /** The exit code when the work was done, 0 unless there is more to tell. */
    protected int exitCode() {
        return 0;
    }

    @Override
    final int done() {
        return exitCode();
    }

    @Override
    final void run() throws IOException {
        work();
    }

    /** Standard output. */
    protected final PrintWriter output() {
        return out();
    }

    /** An error in how the command was called. */
    protected final ParameterException wrong(String problem) {
        return usage(problem);
    }

    /** The command with its handlers. */
    public static CommandLine lineOf(Subcommand top) {
        return commandLine(top);
    }

    /** The version that the build wrote into the jar. */
    public static final class BuiltVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new Version().getVersion();
        }
    }
}
