package io.overlaybd.benchmarks;

import io.overlaybd.testing.registry.DockerRegistry;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What reading an image from a registry costs, beside what the link and a local file give. The registry is the real one;
 * before it stands a proxy that adds {@value LazyTrial#ROUND_TRIP_MILLIS} ms to each round trip and bounds the rate. Prints
 * ratios. Needs docker-registry, nbdcopy and the packaged commands, whose directory is the argument.
 */
public final class LazyImages {

    private static final long MEGABIT = 1_000_000;

    private LazyImages() {}

    /** Runs all trials. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 1) {
            System.err.println("usage: LazyImages BIN");
            System.exit(2);
        }
        Path bin = Path.of(arguments[0]);
        try (DockerRegistry registry = DockerRegistry.anonymous();
                LazyTrial small = LazyTrial.push(registry, bin, 1);
                LazyTrial large = LazyTrial.push(registry, bin, 6)) {
            small.copy(100 * MEGABIT);
            large.copy(1000 * MEGABIT);
            LazyReads.run(small);
        }
    }
}
