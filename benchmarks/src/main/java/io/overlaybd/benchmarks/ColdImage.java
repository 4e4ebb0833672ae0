package io.overlaybd.benchmarks;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.nbd.server.Endpoint;
import io.overlaybd.nbd.server.Export;
import io.overlaybd.nbd.server.NbdServer;
import io.overlaybd.nbd.server.ServerLimits;
import io.overlaybd.service.ImageService;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An image in a registry, and starts of its program: mounted by the kernel's ext4 over NBD, FUSE and loop. */
final class ColdImage {

    private static final String REPOSITORY = "benchmark/cold";

    private final Path folder;
    private final List<String> program;
    private final String layerDigest;
    private final String tarDigest;
    private int number;

    private ColdImage(Path folder, List<String> program, String layerDigest, String tarDigest) {
        this.folder = folder;
        this.program = program;
        this.layerDigest = layerDigest;
        this.tarDigest = tarDigest;
    }

    static ColdImage push(DockerRegistry registry, Path folder, List<String> program) throws IOException {
        return new ColdImage(
                folder,
                program,
                registry.storeBlob(REPOSITORY, Files.readAllBytes(folder.resolve("layer"))),
                registry.storeBlob(REPOSITORY, Files.readAllBytes(folder.resolve("root.tar.gz"))));
    }

    private static String blobs(FaultProxy link) {
        return link.url() + "/v2/" + REPOSITORY + "/blobs";
    }

    private Path config(FaultProxy link, Path trace) throws IOException {
        String recorded = trace == null ? "" : ",\"recordTracePath\":\"" + trace + "\"";
        return Files.writeString(
                folder.resolve("config.v1.json"),
                "{\"repoBlobUrl\":\"" + blobs(link) + "\",\"lowers\":[{\"digest\":\"" + layerDigest + "\",\"size\":"
                        + Files.size(folder.resolve("layer")) + "}]" + recorded + "}");
    }

    private Path service(boolean readAhead, Path cache) throws IOException {
        return Files.writeString(
                folder.resolve("service.json"),
                "{\"cacheConfig\":{\"cacheType\":\"file\",\"cacheDir\":\"" + cache + "\"},\"enableAudit\":false"
                        + (readAhead ? "" : ",\"prefetchConfig\":{\"readAheadMB\":0}") + "}");
    }

    /** Seconds from the opening of the image, of which nothing is here, to the end of the program. */
    double start(FaultProxy link, boolean readAhead, Path trace) throws IOException, InterruptedException {
        Path cache = folder.resolve("cache" + number++);
        try {
            return start(link, readAhead, trace, cache);
        } finally {
            run("rm", "-rf", cache.toString(), cache + ".presence");
        }
    }

    /** The same when the cache has all that is needed. */
    double startWarm(FaultProxy link) throws IOException, InterruptedException {
        Path cache = folder.resolve("cache-warm");
        start(link, true, null, cache);
        return start(link, true, null, cache);
    }

    private double start(FaultProxy link, boolean readAhead, Path trace, Path cache)
            throws IOException, InterruptedException {
        Path config = config(link, trace);
        try (ImageService service = ImageService.configured(Optional.of(service(readAhead, cache)))) {
            long startNanos = System.nanoTime();
            try (BlockDevice device = service.open(config);
                    NbdServer server = NbdServer.start(
                            new Endpoint.Unix(folder.resolve("nbd.sock")),
                            new Export(device, "image"),
                            ServerLimits.DEFAULT.withWorkers(64))) {
                mountAndRun(server.uri());
                double seconds = (System.nanoTime() - startNanos) / 1e9;
                unmount();
                return seconds;
            }
        }
    }

    private void mountAndRun(String uri) throws IOException, InterruptedException {
        Path fuse = Files.createDirectories(folder.resolve("nbd"));
        Path root = Files.createDirectories(folder.resolve("root"));
        Path pid = folder.resolve("nbdfuse.pid");
        Files.deleteIfExists(pid);
        run(
                "sh",
                "-c",
                "nbdfuse -r -P $1 $2/disk $3 & until [ -s $1 ]; do sleep 0.002; done;"
                        + " losetup --find --show --read-only $2/disk >$5 && mount -t ext4 -o ro,noload $(cat $5) $4",
                "sh",
                pid.toString(),
                fuse.toString(),
                uri,
                root.toString(),
                folder.resolve("loop").toString());
        runProgramIn(root);
    }

    private void unmount() throws IOException, InterruptedException {
        String loop = Files.readString(folder.resolve("loop")).strip();
        run(
                "sh",
                "-c",
                "umount $1; losetup -d $2; fusermount3 -u $3",
                "sh",
                folder.resolve("root").toString(),
                loop,
                folder.resolve("nbd").toString());
    }

    private void runProgramIn(Path root) throws IOException, InterruptedException {
        run(Stream.concat(Stream.of("chroot", root.toString()), program.stream())
                .toArray(String[]::new));
    }

    /** Seconds for downloading the root filesystem as a compressed tar, unpacking it while it comes, and running the program. */
    double startDownloaded(FaultProxy link) throws IOException, InterruptedException {
        Path tree = folder.resolve("unpacked");
        try {
            long startNanos = System.nanoTime();
            run(
                    "sh",
                    "-c",
                    "mkdir $1 && curl -fsS $2 | tar -C $1 -xz --exclude='./dev/*'",
                    "sh",
                    tree.toString(),
                    blobs(link) + "/" + tarDigest);
            runProgramIn(tree);
            return (System.nanoTime() - startNanos) / 1e9;
        } finally {
            run("rm", "-rf", tree.toString());
        }
    }

    private void run(String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("command.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + ": exit code " + code + ": " + Files.readString(output));
        }
    }
}
