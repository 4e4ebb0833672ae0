package io.overlaybd.benchmarks;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.LayerWriter;
import io.overlaybd.io.FileSink;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.zfile.ZFileOptions;
import io.overlaybd.zfile.ZFileWriter;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/** An image of one layer in a registry, and what is done with it over a link. */
final class LazyTrial implements Closeable {

    static final int ROUND_TRIP_MILLIS = 20;

    private static final int RUN_BYTES = 1 << 20;
    private static final int SECTOR_BYTES = 512;

    private final DockerRegistry registry;
    private final Path bin;
    private final Path folder;

    private LazyTrial(DockerRegistry registry, Path bin, Path folder) {
        this.registry = registry;
        this.bin = bin;
        this.folder = folder;
    }

    /** Makes a layer of real bytes, several times over, and pushes it. */
    static LazyTrial push(DockerRegistry registry, Path bin, int times) throws IOException, InterruptedException {
        LazyTrial trial = new LazyTrial(registry, bin, Files.createTempDirectory("lazy-images"));
        trial.writeLayer(SampleData.load(128), times);
        trial.run(
                "overlaybd-push",
                "--plain-http",
                "--write-config",
                trial.registryConfig(),
                trial.image(),
                trial.layer());
        return trial;
    }

    private void writeLayer(ByteBuffer data, int times) throws IOException {
        try (LayerWriter layer = LayerWriter.create(
                ZFileWriter.create(FileSink.create(layer(), FileSink.Existing.REFUSE), ZFileOptions.DEFAULT),
                LayerIdentity.ofSize((long) times * data.capacity()))) {
            for (long at = 0; at < (long) times * data.capacity(); at += RUN_BYTES) {
                layer.data(at / SECTOR_BYTES, data.slice((int) (at % data.capacity()), RUN_BYTES));
            }
            layer.finish();
        }
    }

    private String image() {
        return registry.host() + "/benchmark/" + folder.getFileName().toString().toLowerCase(Locale.ROOT);
    }

    Path layer() {
        return folder.resolve("layer");
    }

    private Path registryConfig() {
        return folder.resolve("config.v1.json");
    }

    /** A link to the registry. */
    FaultProxy link(long bitsPerSecond) {
        return FaultProxy.to(registry.address())
                .latency(Duration.ofMillis(ROUND_TRIP_MILLIS))
                .rate(bitsPerSecond);
    }

    /** The config of the image at the other end of a link. */
    Path configOver(FaultProxy link) throws IOException {
        String json = Files.readString(registryConfig()).replace(registry.host(), link.host());
        return Files.writeString(folder.resolve("link.v1.json"), json);
    }

    /** The config of the same image, read from its file. */
    Path localConfig() throws IOException {
        return Files.writeString(folder.resolve("local.v1.json"), "{\"lowers\":[{\"file\":\"" + layer() + "\"}]}");
    }

    /** A service config with a cache that is empty. */
    Path emptyCache() throws IOException {
        Path cache = Files.createTempDirectory(folder, "cache");
        return Files.writeString(
                folder.resolve("service.json"),
                "{\"cacheConfig\":{\"cacheType\":\"file\",\"cacheDir\":\"" + cache + "\"},\"enableAudit\":false}");
    }

    /** Copies the whole cold device through the NBD server, and says what share of the rate that reaches. */
    void copy(long bitsPerSecond) throws IOException, InterruptedException {
        try (FaultProxy link = link(bitsPerSecond)) {
            Process server = start(
                    ProcessBuilder.Redirect.PIPE,
                    "overlaybd-nbd",
                    configOver(link),
                    "--service-config",
                    emptyCache(),
                    "--socket",
                    folder.resolve("nbd.sock"));
            try (BufferedReader output = server.inputReader()) {
                String uri = output.readLine();
                long startNanos = System.nanoTime();
                await(new ProcessBuilder("nbdcopy", uri, "null:").inheritIO().start());
                double seconds = (System.nanoTime() - startNanos) / 1e9;
                double share = Files.size(layer()) * 8 / seconds / bitsPerSecond;
                System.out.printf(
                        Locale.ROOT,
                        "nbdcopy at %d Mbit/s, %d ms: %.0f %% of the rate, %d requests, %d connections, %.1f s%n",
                        bitsPerSecond / 1_000_000,
                        ROUND_TRIP_MILLIS,
                        100 * share,
                        link.requests().size(),
                        link.connections(),
                        seconds);
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    private void run(String command, Object... arguments) throws IOException, InterruptedException {
        await(start(ProcessBuilder.Redirect.DISCARD, command, arguments));
    }

    private Process start(ProcessBuilder.Redirect output, String command, Object... arguments) throws IOException {
        Stream<String> words = Stream.concat(
                Stream.of(bin.resolve(command).toString()), Stream.of(arguments).map(Object::toString));
        return new ProcessBuilder(words.toList())
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void await(Process process) throws IOException, InterruptedException {
        if (process.waitFor() != 0) {
            throw new IOException(process.info().command().orElse("a command") + " failed");
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(LazyTrial::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
