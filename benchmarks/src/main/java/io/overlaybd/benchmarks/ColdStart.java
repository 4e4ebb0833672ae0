package io.overlaybd.benchmarks;

import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How long a program takes to start from an image in a registry, over links of several lengths and rates, in a service that has
 * opened images before and has nothing of this one. Prints a table in Markdown: seconds, and what that is of the floor, which is
 * one round trip and the transfer of the compressed blocks that the start reads. Needs root.
 */
public final class ColdStart {

    private static final long MEGABIT = 1_000_000;
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final List<Integer> ROUND_TRIPS_MILLIS = List.of(10, 50);
    private static final List<Long> RATES = List.of(100 * MEGABIT, 1000 * MEGABIT);

    private ColdStart() {}

    /** {@code FOLDER PROGRAM ARGUMENT...}: the folder has the image as {@code layer} and as {@code root.tar.gz}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        List<String> program = Arrays.asList(arguments).subList(1, arguments.length);
        try (DockerRegistry registry = DockerRegistry.anonymous()) {
            ColdImage image = ColdImage.push(registry, folder, program);
            Path trace = record(registry, image, folder.resolve("trace"));
            NeededBytes needed = NeededBytes.of(trace, folder.resolve("layer"));
            System.out.printf(
                    Locale.ROOT,
                    "image %d bytes compressed, root.tar.gz %d bytes; the start reads %s%n",
                    Files.size(folder.resolve("layer")),
                    Files.size(folder.resolve("root.tar.gz")),
                    needed);
            for (int millis : ROUND_TRIPS_MILLIS) {
                for (long rate : RATES) {
                    try (FaultProxy link = FaultProxy.to(registry.address())
                            .latency(Duration.ofMillis(millis))
                            .rate(rate)) {
                        double floor = millis / 1e3 + needed.blockBytes() * 8.0 / rate;
                        System.out.printf(
                                Locale.ROOT, "%d ms, %d Mbit/s: floor %.2f s%n", millis, rate / MEGABIT, floor);
                        report("without prefetch", floor, link, () -> image.start(link, false, null));
                        report("with read-ahead", floor, link, () -> image.start(link, true, null));
                        report("with a trace", floor, link, () -> image.start(link, true, trace));
                        report("downloaded and unpacked", floor, link, () -> image.startDownloaded(link));
                    }
                }
            }
        }
    }

    /** Several starts over the bare registry, so that classes are loaded and compiled, the last of them recorded and then replayed. */
    private static Path record(DockerRegistry registry, ColdImage image, Path trace)
            throws IOException, InterruptedException {
        try (FaultProxy near = FaultProxy.to(registry.address())) {
            for (int i = 0; i < ROUNDS; i++) {
                image.start(near, true, null);
            }
            image.start(near, true, Files.createFile(trace));
            for (int i = 0; i < ROUNDS; i++) {
                image.start(near, true, trace);
            }
            System.out.printf(Locale.ROOT, "again, all of it here: %.2f s%n", image.startWarm(near));
            return trace;
        }
    }

    /** One way to start. */
    private interface Start {
        double seconds() throws IOException, InterruptedException;
    }

    private static void report(String how, double floor, FaultProxy link, Start start)
            throws IOException, InterruptedException {
        double[] seconds = new double[ROUNDS];
        long requests = 0;
        for (int i = 0; i < ROUNDS; i++) {
            link.reset();
            seconds[i] = start.seconds();
            requests = link.requests().size();
        }
        Arrays.sort(seconds);
        double middle = seconds[ROUNDS / 2];
        System.out.printf(
                Locale.ROOT,
                "  %s: %.2f s (%.2f to %.2f), %.2f of the floor, %d requests%n",
                how,
                middle,
                seconds[0],
                seconds[ROUNDS - 1],
                middle / floor,
                requests);
    }
}
