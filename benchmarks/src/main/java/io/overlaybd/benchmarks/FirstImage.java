package io.overlaybd.benchmarks;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.ImageService;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.FaultProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the first image of a registry costs a process that has served local ones, and what it gains if the process is prepared: each
 * round is two new VMs, with the class path and the archive of classes of the packaged commands. The registry is on loopback, so
 * that what is left is the process's own. Needs docker-registry and the packaged commands, whose folder is the argument.
 */
public final class FirstImage {

    private static final int ROUNDS = 15;

    private FirstImage() {}

    /** All rounds; with more arguments one image, in the VM that it is the first of. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length > 1) {
            openOne(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), arguments.length > 3);
            return;
        }
        Path home = Path.of(arguments[0]);
        try (DockerRegistry registry = DockerRegistry.anonymous();
                LazyTrial trial = LazyTrial.push(registry, home.resolve("bin"), 1);
                FaultProxy link = trial.link(0).latency(Duration.ZERO)) {
            List<Double> unprepared = new ArrayList<>();
            List<Double> prepared = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                unprepared.add(millisInNewVm(home, trial, link));
                prepared.add(millisInNewVm(home, trial, link, "prepared"));
            }
            System.out.printf(
                    Locale.ROOT,
                    "first image of a registry: %.0f ms, prepared %.0f ms, %.2f of it (medians of %d)%n",
                    median(unprepared),
                    median(prepared),
                    median(prepared) / median(unprepared),
                    ROUNDS);
        }
    }

    private static double median(List<Double> values) {
        Collections.sort(values);
        return values.get(values.size() / 2);
    }

    private static double millisInNewVm(Path home, LazyTrial trial, FaultProxy link, String... prepared)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xms16m"));
        archive(home).ifPresent(file -> command.add("-XX:SharedArchiveFile=" + file));
        command.addAll(List.of(
                "-Dlogback.configurationFile=" + home.resolve("etc/logback.xml"),
                "-cp",
                classPath(home),
                FirstImage.class.getName(),
                trial.emptyCache().toString(),
                trial.localConfig().toString(),
                trial.configOver(link).toString()));
        command.addAll(List.of(prepared));
        Process vm = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = vm.inputReader()) {
            return Double.parseDouble(output.readLine());
        } finally {
            vm.waitFor();
        }
    }

    private static Optional<Path> archive(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jsa")).findFirst();
        }
    }

    /** As the launcher has it, which is what the archive fits, and then this program. */
    private static String classPath(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            Stream<String> jars = files.map(Path::toString)
                    .filter(file -> file.endsWith(".jar"))
                    .sorted();
            return Stream.concat(jars, Stream.of(System.getProperty("java.class.path")))
                    .collect(Collectors.joining(":"));
        }
    }

    private static void openOne(Path serviceConfig, Path local, Path remote, boolean isPrepared) throws IOException {
        try (ImageService service = ImageService.configured(Optional.of(serviceConfig))) {
            service.open(local).close();
            if (isPrepared) {
                service.prepare();
            }
            long startNanos = System.nanoTime();
            try (BlockDevice device = service.open(remote)) {
                device.read(0, ByteBuffer.allocateDirect(BlockDevice.SECTOR_BYTES));
                System.out.println((System.nanoTime() - startNanos) / 1e6);
            }
        }
    }
}
