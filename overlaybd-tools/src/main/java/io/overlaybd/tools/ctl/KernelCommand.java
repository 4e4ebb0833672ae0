package io.overlaybd.tools.ctl;

import io.overlaybd.tools.Subcommand;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A subcommand that looks at the kernel's files. Thread-confined. */
abstract class KernelCommand extends Subcommand {

    @Option(names = "--root", hidden = true, defaultValue = "/", description = "Where /sys and /dev are.")
    private Path root;

    /** The files of this machine, or those that a test made. */
    KernelTree kernel() {
        return new KernelTree(root);
    }

    /** Where they are. */
    Path root() {
        return root;
    }
}
