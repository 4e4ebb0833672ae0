package io.overlaybd.registry;

import static io.overlaybd.registry.Clients.ALICE;
import static io.overlaybd.registry.Clients.assertFails;
import static io.overlaybd.registry.Clients.assertReads;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.manifest.Descriptor;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.registry.manifest.ImageConfig;
import io.overlaybd.registry.manifest.Manifest;
import io.overlaybd.registry.manifest.MediaTypes;
import io.overlaybd.registry.manifest.Platform;
import io.overlaybd.testing.FaultySource;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.FaultProxy.Request;
import io.overlaybd.testing.registry.TokenServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes to a real registry that wants tokens. */
class PushTest {

    private static DockerRegistry registry;
    private static TokenServer tokens;
    private static int seed;

    private final byte[] content = Clients.bytes(200_000 + seed++);
    private final Digest digest = Digest.of(content);
    private final FaultProxy proxy = FaultProxy.to(registry.address());
    private final ManualTime time = new ManualTime();
    private final RegistryClient client =
            RegistryClient.open(Clients.options(time).credentials(ALICE).build());
    private final Repository repository = new Repository(proxy.url(), "team/app");
    private final BlobUploader uploader = client.uploader(repository);
    private int tokensBefore;

    @BeforeAll
    static void startRegistry() {
        tokens = new TokenServer();
        registry = DockerRegistry.withTokens(tokens.realm());
    }

    @AfterAll
    static void stopRegistry() {
        if (registry != null) {
            registry.close();
        }
        tokens.close();
    }

    @BeforeEach
    void countFromHere() {
        tokensBefore = tokens.requests().size();
    }

    @AfterEach
    void close() {
        client.close();
        proxy.close();
    }

    private BlobSource source() {
        return new MemorySource("blob", content);
    }

    private List<String> methods() {
        return proxy.requests().stream().map(Request::method).toList();
    }

    private void assertStored() throws IOException {
        assertReads(client.blob(repository, digest, -1), content, 0, content.length);
    }

    @Test
    void blobIsSentOnceWithOneTokenAndReadsBack() throws IOException {
        assertEquals(BlobUploader.Outcome.SENT, uploader.upload(source(), digest));
        assertEquals(List.of("HEAD", "HEAD", "POST", "PUT"), methods());
        assertEquals(1, tokens.requests().size() - tokensBefore);
        assertStored();
        proxy.reset();
        assertEquals(BlobUploader.Outcome.EXISTED, uploader.upload(source(), digest));
        assertEquals(List.of("HEAD"), methods());
    }

    @Test
    void emptyBlobIsSent() throws IOException {
        Digest empty = Digest.of(new byte[0]);
        uploader.upload(new MemorySource("empty", new byte[0]), empty);
        assertReads(client.blob(repository, empty, -1), new byte[0], 0, 1);
    }

    @Test
    void piecesFollowTheirLocations() throws IOException {
        uploader.inPieces(65_536).upload(source(), digest);
        assertEquals(List.of("HEAD", "HEAD", "POST", "PATCH", "PATCH", "PATCH", "PATCH", "PUT"), methods());
        assertStored();
    }

    @Test
    void blobOfAnotherRepositoryIsMounted() throws IOException {
        client.uploader(new Repository(proxy.url(), "team/base")).upload(source(), digest);
        proxy.reset();
        assertEquals(
                BlobUploader.Outcome.MOUNTED, uploader.mountingFrom("team/base").upload(source(), digest));
        assertFalse(methods().contains("PUT"));
        assertStored();
    }

    @Test
    void blobThatCannotBeMountedIsSent() throws IOException {
        assertEquals(
                BlobUploader.Outcome.SENT, uploader.mountingFrom("team/nothing").upload(source(), digest));
        assertStored();
    }

    @Test
    void mountThatIsRefusedDoesNotStopTheUpload() throws IOException {
        proxy.always(request -> request.path().contains("mount="), Fault.status(403));
        assertEquals(
                BlobUploader.Outcome.SENT, uploader.mountingFrom("team/base").upload(source(), digest));
        assertStored();
    }

    @Test
    void uploadThatBreaksBeginsAnew() throws IOException {
        proxy.next(request -> request.method().equals("PUT"), new Fault.Reset(), Fault.status(503));
        uploader.upload(source(), digest);
        assertEquals(3, proxy.count(request -> request.method().equals("POST") && request.isAuthorized()));
        assertStored();
    }

    @Test
    void pieceThatBreaksBeginsAnew() throws IOException {
        proxy.next(request -> request.method().equals("PATCH"), Fault.status(500));
        uploader.inPieces(100_000).upload(source(), digest);
        assertStored();
    }

    @Test
    void sourceThatIsNotItsDigestIsNeverStored() {
        for (BlobUploader each : List.of(uploader, uploader.inPieces(50_000))) {
            proxy.reset();
            Digest other = Digest.of(Arrays.copyOf(content, content.length - 1));
            assertThrows(CorruptFormatException.class, () -> each.upload(source(), other));
            assertEquals(1, proxy.count(request -> request.method().equals("POST") && request.isAuthorized()));
            assertEquals(0, proxy.count(request -> request.method().equals("GET")));
        }
    }

    @Test
    void sourceThatCannotBeReadIsReportedAsItIs() {
        BlobSource broken = new FaultySource(source(), (offset, bytes) -> {
            if (offset > 100_000) {
                throw new IOException("disk on fire");
            }
        });
        IOException failure = assertThrows(IOException.class, () -> uploader.upload(broken, digest));
        assertEquals("disk on fire", failure.getMessage());
    }

    @Test
    void uploadElsewhereGetsNoCredentials() throws IOException {
        try (FaultProxy elsewhere = FaultProxy.standalone("127.0.0.2")) {
            elsewhere.always(request -> true, Fault.status(201));
            proxy.next(
                    request -> request.method().equals("POST") && request.isAuthorized(),
                    Fault.status(202, "Location", elsewhere.url() + "/put?sig=1"));
            uploader.upload(source(), digest);
            assertEquals(
                    "/put?sig=1&digest=" + digest.toString().replace(":", "%3A"),
                    elsewhere.requests().get(0).path());
            assertFalse(elsewhere.requests().get(0).isAuthorized());
        }
    }

    private Digest pushImage(String tag) throws IOException {
        uploader.upload(source(), digest);
        byte[] config = ImageConfig.of(Platform.linux("amd64"), List.of(digest)).toJson();
        uploader.upload(new MemorySource("config", config), Digest.of(config));
        Manifest manifest = Manifest.of(
                MediaTypes.OCI,
                Descriptor.of(MediaTypes.OCI.config(), Digest.of(config), config.length),
                List.of(Descriptor.nativeLayer(MediaTypes.OCI, digest, content.length, Optional.empty())));
        return client.manifests(repository).put(tag, MediaTypes.OCI.manifest(), manifest.toJson());
    }

    @Test
    void imageIsFoundByTagAndDigest() throws IOException {
        Digest pushed = pushImage("found");
        ManifestStore manifests = client.manifests(repository);
        ManifestStore.Fetched byTag = manifests.get("found");
        assertEquals(pushed, byTag.digest());
        assertArrayEquals(byTag.json(), manifests.get(pushed.toString()).json());
        ManifestStore.Resolved resolved = manifests.resolve("found", Platform.linux("amd64"));
        assertEquals(digest, resolved.manifest().layers().get(0).digest());
        assertEquals(
                List.of(digest), manifests.config(resolved.manifest()).rootfs().diffIds());
        assertFails(Kind.NOT_FOUND, () -> manifests.get("absent"));
    }

    @Test
    void indexIsResolvedByPlatform() throws IOException {
        Digest pushed = pushImage("single");
        String json = String.format(
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,"
                        + "\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}}]}",
                MediaTypes.OCI.index(),
                MediaTypes.OCI.manifest(),
                pushed,
                client.manifests(repository).get("single").json().length);
        ManifestStore manifests = client.manifests(repository);
        manifests.put("multi", MediaTypes.OCI.index(), json.getBytes());
        assertEquals(pushed, manifests.resolve("multi", Platform.linux("amd64")).digest());
        assertFails(Kind.NOT_FOUND, () -> manifests.resolve("multi", Platform.linux("s390x")));
    }

    @Test
    void manifestThatIsNotItsDigestIsNeverTaken() throws IOException {
        Digest pushed = pushImage("flipped");
        ManifestStore manifests = client.manifests(repository);
        proxy.next(request -> request.path().contains("/manifests/"), Fault.flip(30));
        assertEquals(pushed, manifests.get(pushed.toString()).digest());
        proxy.always(request -> request.path().contains("/manifests/"), Fault.flip(30));
        assertFails(Kind.PROTOCOL, () -> manifests.get(pushed.toString()));
        assertFails(Kind.PROTOCOL, () -> manifests.get("flipped"));
    }

    @Test
    void otherToolsReadWhatWasPushed(@TempDir Path folder) throws Exception {
        Digest pushed = pushImage("skopeo");
        String image = "docker://" + proxy.host() + "/team/app:skopeo";
        String inspected = skopeo(folder, "inspect", "--tls-verify=false", "--creds", "alice:secret", image);
        assertTrue(inspected.contains(pushed.toString()), inspected);
        skopeo(
                folder,
                "copy",
                "--src-tls-verify=false",
                "--src-creds",
                "alice:secret",
                image,
                "dir:" + folder.resolve("out"));
        assertArrayEquals(content, Files.readAllBytes(folder.resolve("out").resolve(digest.hex())));
    }

    private static String skopeo(Path folder, String... arguments) throws Exception {
        boolean installed = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "skopeo")));
        Assumptions.assumeTrue(installed, "SKIPPED: skopeo is not installed");
        Path policy = Files.writeString(
                folder.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
        List<String> command = new java.util.ArrayList<>(List.of("skopeo", "--policy", policy.toString()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "skopeo did not end");
            assertEquals(0, process.exitValue(), Files.readString(output));
            return Files.readString(output);
        } finally {
            process.destroyForcibly();
        }
    }
}
