package io.overlaybd.tcmu;

import java.nio.file.Path;

/** Where the kernel shows its devices. Immutable. */
record KernelFiles(Path uioClass, Path core, Path module, Path dev) {

    /** Those of this machine. */
    static final KernelFiles SYSTEM = below(Path.of("/"));

    /** The same places below a folder. */
    static KernelFiles below(Path root) {
        return new KernelFiles(
                root.resolve("sys/class/uio"),
                root.resolve("sys/kernel/config/target/core"),
                root.resolve("sys/module/target_core_user/parameters"),
                root.resolve("dev"));
    }
}
