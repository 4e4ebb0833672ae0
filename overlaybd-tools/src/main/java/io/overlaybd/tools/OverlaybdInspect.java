package io.overlaybd.tools;

import io.overlaybd.core.format.LayerHeader;
import io.overlaybd.io.BlobSource;
import io.overlaybd.tools.inspect.Inspection;
import io.overlaybd.tools.inspect.Inspector;
import io.overlaybd.tools.inspect.JsonReport;
import io.overlaybd.tools.inspect.TextReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what a file is, and whether it is healthy. */
@picocli.CommandLine.Command(
        name = "overlaybd-inspect",
        versionProvider = Command.Version.class,
        sortOptions = false,
        description = {
            "Tell what a file is, what is in it, and whether it is healthy; exit with 1 if not.",
            "It may be a layer, finished or being written, in a ZFile or a tar or not. Of several "
                    + "layers, named bottom first, each one's parent has to be the one before it, as far as "
                    + "they have names."
        },
        footer = {
            "",
            "Examples:",
            "  overlaybd-inspect overlaybd.commit",
            "  overlaybd-inspect --deep --json overlaybd.commit",
            "  overlaybd-inspect --index writable_index writable_data"
        })
public final class OverlaybdInspect extends Command {

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "File to look at; several are a stack.")
    private List<Path> files;

    @Option(names = "--index", paramLabel = "FILE", description = "Index file of the writable layer that FILE is.")
    private Path index;

    @Option(names = "--deep", description = "Read every byte: compare every checksum, decode every block.")
    private boolean deep;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        System.exit(execute(new OverlaybdInspect(), arguments));
    }

    @Override
    void run() throws IOException {
        if (index != null && files.size() > 1) {
            throw usage("--index: belongs to one file, found " + files.size());
        }
        List<Inspection> found = new ArrayList<>();
        for (Path file : files) {
            found.add(withChain(found, inspect(file)));
        }
        print(found);
        long damaged = found.stream().filter(one -> !one.isHealthy()).count();
        if (damaged > 0) {
            throw new IOException(
                    damaged == 1 && files.size() == 1
                            ? files.get(0) + ": is not healthy"
                            : damaged + " of " + files.size() + " files are not healthy");
        }
    }

    private void print(List<Inspection> found) throws IOException {
        if (json) {
            out().print(JsonReport.of(found));
            out().flush();
        } else {
            found.forEach(new TextReport(out())::print);
        }
    }

    private Inspection inspect(Path path) throws IOException {
        try (BlobSource file = InputFile.openPlain(path);
                BlobSource records = index == null ? null : InputFile.openPlain(index);
                Progress progress = Progress.start("verify " + path, file.sizeBytes())) {
            return deep
                    ? Inspector.inspectDeep(file, Optional.ofNullable(records), progress::add)
                    : Inspector.inspect(file, Optional.ofNullable(records));
        }
    }

    /** Names of layers are optional; those that are there must fit together. */
    private static Inspection withChain(List<Inspection> below, Inspection top) {
        if (below.isEmpty()) {
            return top;
        }
        Inspection parent = below.get(below.size() - 1);
        Optional<LayerHeader> lower = parent.header();
        Optional<LayerHeader> upper = top.header();
        if (lower.isEmpty() || upper.isEmpty()) {
            return top;
        }
        boolean unnamed =
                lower.get().uuid().isNull() || upper.get().parentUuid().isNull();
        return unnamed || lower.get().uuid().equals(upper.get().parentUuid())
                ? top
                : top.withProblem("parent uuid: expected " + lower.get().uuid() + ", that of " + parent.name()
                        + ", found " + upper.get().parentUuid());
    }
}
