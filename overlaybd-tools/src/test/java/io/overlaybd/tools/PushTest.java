package io.overlaybd.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.LayerSpec;
import io.overlaybd.io.tar.TarSource;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.TestCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pushes to the real registry, which asks for a password. */
@ExtendWith(Seeded.class)
class PushTest {

    private static DockerRegistry registry;

    @TempDir
    Path folder;

    private String image;
    private Path credentials;
    private Path base;
    private Path change;

    @BeforeAll
    static void start() {
        registry = DockerRegistry.withPassword();
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @BeforeEach
    void makeLayers(Random random) throws IOException {
        image = registry.host() + "/team/app" + random.nextLong(Long.MAX_VALUE) + ":1.0";
        credentials = credentialsFor(registry.host());
        byte[] content = new byte[300_000];
        random.nextBytes(content);
        Path raw = Files.write(folder.resolve("base.img"), content);
        base = folder.resolve("base.layer");
        Run.ok(new OverlaybdImport(), raw, base);
        content[100_000]++;
        Path changed = Files.write(folder.resolve("final.img"), content);
        change = folder.resolve("change.layer");
        Run.ok(new OverlaybdImport(), "--base", raw, "--tar", changed, change);
    }

    @AfterEach
    void nothingIsLeftOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path credentialsFor(String host) throws IOException {
        String pair = DockerRegistry.USER + ":" + DockerRegistry.PASSWORD;
        String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        return Files.writeString(
                folder.resolve("config.json"), "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, auth));
    }

    private Run push(Object... more) {
        return Run.of(new OverlaybdPush(), withAccess(more));
    }

    private Object[] withAccess(Object... more) {
        return Stream.concat(Stream.of("--plain-http", "--credentials", credentials), Stream.of(more))
                .toArray();
    }

    @Test
    void helperOfTheCredentialFileIsAsked() throws IOException {
        Path helper = Files.writeString(
                folder.resolve("helper"), """
                #!/bin/sh
                read server
                [ "$1 $server" = "get %s" ] || exit 1
                echo '{"Username":"%s","Secret":"%s"}'
                """.formatted(registry.host(), DockerRegistry.USER, DockerRegistry.PASSWORD));
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(credentials, "{\"credsStore\":\"%s\"}".formatted(helper));
        Run.ok(new OverlaybdPush(), withAccess(image, base));
    }

    private static String blobDigest(byte[] layer, boolean wrap) throws IOException {
        MemorySource file = new MemorySource("layer", layer);
        return Digest.of(wrap ? new TarSource(file) : file).toString();
    }

    private List<String> digests() throws IOException {
        return List.of(blobDigest(Files.readAllBytes(base), true), blobDigest(Files.readAllBytes(change), false));
    }

    @Test
    void everyBlobIsToldAndTheLastLineIsTheImageByDigest() throws IOException {
        Run run = push(image, base, change);
        assertEquals("", run.err());
        String[] lines = run.out().split("\n");
        assertEquals(4, lines.length, run.out());
        assertTrue(
                lines[0].startsWith(base + ": ")
                        && lines[0].endsWith("sent, " + digests().get(0)),
                lines[0]);
        assertTrue(
                lines[1].startsWith(change + ": ")
                        && lines[1].endsWith("sent, " + digests().get(1)),
                lines[1]);
        assertTrue(lines[2].matches("configuration: \\d+ B sent, sha256:[0-9a-f]{64}"), lines[2]);
        assertTrue(lines[3].matches(image.replace(":1.0", "") + "@sha256:[0-9a-f]{64}"), lines[3]);
    }

    @Test
    void secondPushSendsNothingAndGivesTheSameDigest() {
        String first = push(image, base, change).out();
        String second = push(image, base, change).out();
        assertEquals(first.replaceAll(" sent, ", " there already, "), second);
    }

    @Test
    void skopeoInspectsAndCopiesWhatWasPushed() throws Exception {
        push(image, base, change);
        Skopeo skopeo = new Skopeo(credentials);
        String inspected = skopeo.run("inspect", "--tls-verify=false", "docker://" + image);
        for (String digest : digests()) {
            assertTrue(inspected.contains(digest), inspected);
        }
        Path copy = folder.resolve("copy");
        skopeo.run("copy", "--src-tls-verify=false", "docker://" + image, "dir:" + copy);
        String hex = digests().get(1).replace("sha256:", "");
        assertArrayEquals(Files.readAllBytes(change), Files.readAllBytes(copy.resolve(hex)));
    }

    @ParameterizedTest
    @CsvSource({"mkfs.ext4 -q -F,16M,ext4", "mkfs.xfs -q,320M,xfs", "mkfs.erofs,0,erofs"})
    void imageSaysWhichFileSystemIsOnItsDevice(String mkfs, String size, String type) throws Exception {
        Path raw = folder.resolve("fs.img");
        Files.createDirectory(folder.resolve("files"));
        run("truncate", "-s", size, raw.toString());
        String[] command = (mkfs + " " + raw + (type.equals("erofs") ? " " + folder.resolve("files") : "")).split(" ");
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/sbin", command[0]))
                        || Files.isExecutable(Path.of("/usr/bin", command[0])),
                "SKIPPED: " + command[0] + " is not installed");
        run(command);
        Path layer = folder.resolve("fs.layer");
        Run.ok(new OverlaybdImport(), raw, layer);
        assertEquals("", push(image, layer).err());
        String manifest = new Skopeo(credentials).run("inspect", "--raw", "--tls-verify=false", "docker://" + image);
        assertTrue(manifest.contains("\"containerd.io/snapshot/overlaybd/blob-fs-type\":\"" + type + "\""), manifest);
    }

    private static void run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }

    @Test
    void imageWhoseFileSystemIsNotKnownDoesNotSayAny() throws Exception {
        Path sector = folder.resolve("sector.layer");
        Run.ok(new OverlaybdImport(), Files.write(folder.resolve("sector.img"), new byte[512]), sector);
        assertEquals("", push(image, sector).err());
        push(image, base);
        String manifest = new Skopeo(credentials).run("inspect", "--raw", "--tls-verify=false", "docker://" + image);
        assertTrue(manifest.contains("/blob-digest") && !manifest.contains("/blob-fs-type"), manifest);
    }

    @Test
    void imageOfAnotherPlatformSaysSo() throws Exception {
        push("--platform", "linux/arm64/v8", image, base);
        String inspected =
                new Skopeo(credentials).run("inspect", "--config", "--tls-verify=false", "docker://" + image);
        assertTrue(inspected.contains("\"architecture\": \"arm64\""), inspected);
        assertTrue(inspected.contains("\"variant\": \"v8\""), inspected);
    }

    @Test
    void writtenConfigNamesTheBlobs() throws IOException {
        Path config = folder.resolve("config.v1.json");
        assertEquals("", push("--write-config", config, image, base, change).err());
        ImageConfig read = ImageConfig.read(config).config();
        String repository = image.substring(image.indexOf('/') + 1, image.lastIndexOf(':'));
        assertEquals(registry.url() + "/v2/" + repository + "/blobs", read.repoBlobUrl());
        assertEquals(digests(), read.lowers().stream().map(PushTest::digest).toList());
        assertEquals(Files.size(change), read.lowers().get(1).blob().sizeBytes());
    }

    private static String digest(LayerSpec layer) {
        return layer.blob().digest().orElseThrow().toString();
    }

    @Test
    void pulledConfigIsTheWrittenOne() throws IOException {
        Path written = folder.resolve("written.json");
        String byDigest = push("--write-config", written, image, base, change)
                .out()
                .lines()
                .toList()
                .get(3);
        for (String reference : new String[] {image, byDigest}) {
            Path pulled = folder.resolve("pulled.json");
            Run run = Run.of(new OverlaybdPullConfig(), withAccess("-f", reference, pulled));
            assertEquals("", run.err());
            assertTrue(run.out().startsWith(pulled + ": 2 layers, "), run.out());
            assertEquals(Files.readString(written), Files.readString(pulled));
        }
    }

    @Test
    void ordinaryImageHasNoConfig() throws Exception {
        push(image, base);
        String plain = image.replace(":1.0", ":plain");
        Path copy = folder.resolve("copy");
        Skopeo skopeo = new Skopeo(credentials);
        skopeo.run("copy", "--src-tls-verify=false", "docker://" + image, "dir:" + copy);
        Path manifest = copy.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replaceAll(",\"annotations\":\\{[^}]*\\}", ""));
        skopeo.run("copy", "--dest-tls-verify=false", "dir:" + copy, "docker://" + plain);
        Path config = folder.resolve("config.v1.json");
        Run.of(new OverlaybdPullConfig(), withAccess(plain, config))
                .assertFailed(
                        1,
                        "overlaybd-pull-config: " + plain + ": layer 0: is no overlaybd layer: it has no annotation"
                                + " containerd.io/snapshot/overlaybd/blob-digest; convert the image to overlaybd first");
        assertFalse(Files.exists(config));
    }

    @Test
    void unfinishedLayerIsRefusedBeforeAnythingIsSent() throws IOException {
        Path cut = Files.write(folder.resolve("cut.layer"), new byte[10_000]);
        Run run = push(image, base, cut);
        assertEquals(1, run.exitCode());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("overlaybd-push: " + cut + ": at byte 0: "), run.err());
        assertTrue(run.err().endsWith("; name a finished layer, as overlaybd-import makes it\n"), run.err());
    }

    @Test
    void wrongPasswordNamesTheFile() throws IOException {
        Files.writeString(
                credentials, Files.readString(credentials).replaceAll("\"auth\":\"[^\"]*", "\"auth\":\"YTpi"));
        Run run = push(image, base);
        assertEquals(1, run.exitCode());
        assertTrue(
                run.err().contains("check the credentials for " + registry.host() + " in " + credentials), run.err());
        assertFalse(run.err().contains("YTpi"), run.err());
    }

    @Test
    void existingConfigIsRefusedBeforeThePush() throws IOException {
        Path config = Files.writeString(folder.resolve("config.v1.json"), "mine");
        push("--write-config", config, image, base)
                .assertFailed(1, "overlaybd-push: " + config + ": already exists; use -f to replace it");
        assertEquals("mine", Files.readString(config));
        Run pull = Run.of(new OverlaybdPullConfig(), withAccess("-f", image, config));
        assertTrue(pull.err().contains("HTTP 404"), pull.err());
        assertEquals("mine", Files.readString(config));
    }

    @Test
    void pushBehindTlsTrustsTheNamedCaOnly() throws IOException {
        TestCertificates certificates = TestCertificates.shared();
        try (FaultProxy proxy = FaultProxy.tls(registry.address(), certificates.server(), false)) {
            String secure = image.replace(registry.host(), proxy.host());
            credentials = credentialsFor(proxy.host());
            Run trusted = Run.of(
                    new OverlaybdPush(), "--credentials", credentials, "--ca", certificates.caFile(), secure, base);
            Run stranger = Run.of(new OverlaybdPush(), "--credentials", credentials, secure, base);
            assertEquals(1, stranger.exitCode());
            assertTrue(stranger.err().contains("(--ca); without TLS, use --plain-http"), stranger.err());
            assertEquals("", trusted.err());
        }
    }

    @Test
    void brokenUploadBeginsAnew() throws IOException {
        try (FaultProxy proxy = FaultProxy.to(registry.address())) {
            proxy.next(request -> request.method().equals("PUT"), new Fault.Reset());
            credentials = credentialsFor(proxy.host());
            assertEquals(
                    "", push(image.replace(registry.host(), proxy.host()), base).err());
            assertEquals(
                    2,
                    proxy.count(request -> request.method().equals("POST")
                                    && request.path().endsWith("/blobs/uploads/"))
                            - 1,
                    "uploads of the layer, besides that of the configuration");
        }
    }

    @Test
    void wrongCallsSayWhatIsExpected() {
        Run.of(new OverlaybdPush(), "UPPER/case", base)
                .assertFailed(
                        2,
                        "overlaybd-push: IMAGE: not an image reference, bad repository: UPPER/case; see overlaybd-push"
                                + " --help");
        Run.of(new OverlaybdPush(), image)
                .assertFailed(2, "overlaybd-push: Missing required parameter: 'LAYER'; see overlaybd-push --help");
        push(image + "@sha256:" + "0".repeat(64), base)
                .assertFailed(
                        2,
                        "overlaybd-push: IMAGE: expected a tag, found a digest, which is known only afterwards; see"
                                + " overlaybd-push --help");
        push("--platform", "arm64", image, base)
                .assertFailed(
                        2,
                        "overlaybd-push: --platform: expected OS/ARCH or OS/ARCH/VARIANT, found arm64; see"
                                + " overlaybd-push --help");
    }

    @Test
    void committedLayerIsUploadedAndToldByItsDigest(Random random) throws IOException {
        String repository = registry.url() + "/v2/team/upload" + random.nextLong(Long.MAX_VALUE);
        Path layer = folder.resolve("again.layer");
        Run run = Run.of(
                new OverlaybdCommit(),
                "--commit_sealed",
                "-z",
                "-t",
                "--upload=" + repository + "/blobs/uploads/",
                "--upload_bs=64",
                "--cred_file_path=" + credentials,
                base,
                layer);
        assertEquals(0, run.exitCode(), run.err());
        String digest = Digest.of(Files.readAllBytes(layer)).toString();
        assertEquals(digest + "\n", run.err());
        Path config = Files.writeString(
                folder.resolve("uploaded.json"),
                "{\"repoBlobUrl\":\"%s/blobs\",\"lowers\":[{\"digest\":\"%s\",\"size\":%d}]}"
                        .formatted(repository, digest, Files.size(layer)));
        Path service = Files.writeString(
                folder.resolve("service.json"),
                "{\"cacheConfig\":{\"cacheType\":\"file\",\"cacheDir\":\"%s\"},\"credentialFilePath\":\"%s\"}"
                        .formatted(folder.resolve("cache"), credentials));
        Path raw = folder.resolve("uploaded.img");
        Run.ok(new OverlaybdExport(), "--service-config", service, config, raw);
        assertEquals(300_000, Files.mismatch(folder.resolve("base.img"), raw), "equal up to the padding of a sector");
    }
}
