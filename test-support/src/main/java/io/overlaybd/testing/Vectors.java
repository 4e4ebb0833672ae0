package io.overlaybd.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The files written by the original C++ tools. Small ones are copied into the test resources of the module that needs
 * them; this finds the larger ones, in the folder that the system property {@code overlaybd.vectors} names.
 */
public final class Vectors {

    private Vectors() {}

    /** The path of a vector such as {@code ext4/l1.lz4.tar}; skips the test, visibly, where the folder is absent. */
    public static Path path(String relative) {
        Path root = Path.of(System.getProperty("overlaybd.vectors", "../../shared/vectors"));
        Assumptions.assumeTrue(Files.isDirectory(root), () -> "SKIPPED: the folder of vectors is absent: " + root);
        Path path = root.resolve(relative);
        if (!Files.isRegularFile(path)) {
            throw new AssertionError("no such vector: " + path);
        }
        return path;
    }
}
