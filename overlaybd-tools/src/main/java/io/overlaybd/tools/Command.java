package io.overlaybd.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What every command has: {@code --help}, {@code --version}, {@code --verbose}; exit code 0 if it did its work, 1 if
 * not, 2 if it was called wrongly; an error is one line on standard error, with a stack trace only if verbose.
 * Thread-confined.
 */
abstract class Command implements Callable<Integer> {

    static final int FAILED = 1;
    static final int USAGE = 2;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    private boolean version;

    @Option(names = "--verbose", description = "Show where in the program an error came from.")
    private boolean verbose;

    /** Does the work. */
    abstract void run() throws IOException;

    @Override
    public final Integer call() throws IOException {
        try {
            run();
            return done();
        } catch (LinkageError e) {
            throw new IOException(explain(e), e);
        }
    }

    /** Compressors and system calls are libraries that are unpacked when they are first needed. */
    private static String explain(LinkageError failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return "cannot load a native library: " + cause + "; it is unpacked to " + System.getProperty("java.io.tmpdir")
                + ", where this user must be allowed to write and to execute files; another folder is named by"
                + " OVERLAYBD_JAVA_OPTS=-Djava.io.tmpdir=DIR";
    }

    /** The exit code of a command that did its work. */
    int done() {
        return 0;
    }

    /** Standard output, for text. */
    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Standard error, for what is no error but must not mix with the output. */
    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** An error in how the command was called. */
    ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    /** Runs a command and answers its exit code. */
    static int execute(Command command, String... arguments) {
        return commandLine(command).execute(arguments);
    }

    /** The command with its handlers, for tests that look at its output. */
    static CommandLine commandLine(Command command) {
        return new CommandLine(command)
                .setUsageHelpAutoWidth(true)
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler((failure, line, parsed) -> failed(line.getCommand(), line, failure))
                .setParameterExceptionHandler((failure, arguments) -> wrongUsage(failure));
    }

    private static int failed(Command command, CommandLine line, Exception failure) {
        line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + explain(failure));
        if (command.verbose || failure instanceof RuntimeException) {
            failure.printStackTrace(line.getErr());
        }
        return FAILED;
    }

    private static int wrongUsage(ParameterException failure) {
        CommandLine line = failure.getCommandLine();
        String name = line.getCommandSpec().qualifiedName();
        String problem = failure.getMessage().replaceFirst(" is not an? (int|long)$", " is no whole number");
        line.getErr().println(name + ": " + problem + "; see " + name + " --help");
        return USAGE;
    }

    /** The JDK's file exceptions say what went wrong only by their class. */
    private static String explain(Exception failure) {
        if (failure instanceof ClosedChannelException) {
            return "interrupted; nothing was left behind";
        }
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName();
        }
        if (failure instanceof FileAlreadyExistsException) {
            return message.contains("already exists") ? message : message + ": already exists";
        }
        if (failure instanceof NoSuchFileException) {
            return message.contains(" ") ? message : message + ": no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return message + ": permission denied; run as a user who may access it";
        }
        return message;
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Command.class.getPackage().getImplementationVersion();
            return new String[] {"${COMMAND-FULL-NAME} " + (version == null ? "(not packaged)" : version)};
        }
    }
}
