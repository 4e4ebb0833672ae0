package io.overlaybd.tools.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Which Java runs this, and whether it starts as fast as it can.
 *
 * @param libraries the folder {@code lib} of the installation
 */
record JavaCheck(Path libraries) implements Check {

    @Override
    public String subject() {
        return "java";
    }

    @Override
    public List<Finding> look() {
        String version = System.getProperty("java.version");
        long heapMiB = Runtime.getRuntime().maxMemory() >> 20;
        Finding java = Finding.ok(
                subject(), version + " in " + System.getProperty("java.home") + ", heap up to " + heapMiB + " MiB");
        Path archive = libraries.resolve("classes-" + version + ".jsa");
        return List.of(
                java,
                Files.isReadable(archive)
                        ? Finding.ok("archive of classes", archive.toString())
                        : Finding.warn(
                                "archive of classes",
                                archive + " is not there: commands take twice as long to start",
                                "run libexec/share-classes of the installation, as a user who may write there"));
    }
}
