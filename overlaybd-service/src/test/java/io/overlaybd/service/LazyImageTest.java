package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.registry.RegistryClient;
import io.overlaybd.registry.Repository;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.FaultProxy.Request;
import io.overlaybd.testing.registry.TokenServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file system that the original wrote, pushed to a real registry and read from there. */
class LazyImageTest {

    private static final int UNIT_BYTES = 256 << 10;

    /** How a registry lets clients in. */
    private enum Auth {
        PASSWORD,
        TOKEN;

        DockerRegistry registry() {
            return this == PASSWORD ? withPassword : withTokens;
        }
    }

    private static TokenServer tokens;
    private static DockerRegistry withTokens;
    private static DockerRegistry withPassword;

    @TempDir
    Path folder;

    @BeforeAll
    static void startRegistries() throws IOException {
        tokens = new TokenServer();
        withTokens = DockerRegistry.withTokens(tokens.realm());
        withPassword = DockerRegistry.withPassword();
        for (Auth auth : Auth.values()) {
            RemoteSettings settings = RemoteLab.settings(Path.of("unused"), UNIT_BYTES, new SkippingTime());
            try (RegistryClient client = RegistryClient.open(settings.registry().get())) {
                Ext4Image.push(client, new Repository(auth.registry().url(), RemoteLab.REPOSITORY));
            }
        }
    }

    @AfterAll
    static void stopRegistries() {
        withTokens.close();
        withPassword.close();
        tokens.close();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        new LeakGuard(folder).assertNoneOpen();
    }

    @ParameterizedTest
    @EnumSource
    void pushedImageReadsBackAsItWas(Auth auth) throws IOException {
        try (RemoteLab lab = new RemoteLab(folder, auth.registry());
                ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(lab.config(lab.proxy.url(), Ext4Image.blobs()))) {
            assertEquals("success", lab.result());
            assertEquals(Ext4Image.sha256(), LayerFiles.sha256(device));
            assertTrue(service.metrics().bytesFromUpstream() <= Ext4Image.blobBytes(), service.metrics()::toJson);
            assertEquals(0, service.metrics().badChecksums());
        }
    }

    @ParameterizedTest
    @EnumSource
    void attachingAsksThreeTimesALayerAtMost(Auth auth) throws IOException {
        byte[][] blobs = Ext4Image.blobs();
        try (RemoteLab lab = new RemoteLab(folder, auth.registry());
                ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(lab.config(lab.proxy.url(), blobs))) {
            for (byte[] blob : blobs) {
                String path = "/v2/" + RemoteLab.REPOSITORY + "/blobs/" + Digest.of(blob);
                List<Request> requests = lab.proxy.requests().stream()
                        .filter(request -> request.path().equals(path))
                        .toList();
                assertTrue(requests.stream().allMatch(Request::isRanged), requests::toString);
                // The first one may be without credentials, since nobody knows yet that they are wanted.
                assertEquals(2, requests.stream().filter(Request::isAuthorized).count(), requests::toString);
                assertTrue(requests.size() <= 3, requests::toString);
            }
            assertTrue(device.sizeBytes() > 0);
        }
    }

    @Test
    void fewReadsFetchFewBytes() throws IOException {
        try (RemoteLab lab = new RemoteLab(folder, withTokens);
                ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(lab.config(lab.proxy.url(), Ext4Image.blobs()))) {
            ByteBuffer superBlock = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
            device.read(1024, superBlock);
            assertEquals((short) 0xEF53, superBlock.getShort(56));
            long fetched = service.metrics().bytesFromUpstream();
            assertTrue(fetched <= 9 * UNIT_BYTES, () -> "units 0 and the last two of each layer: " + fetched);
            assertTrue(fetched < Ext4Image.blobBytes() / 2, () -> Long.toString(fetched));
        }
    }

    @Test
    void secondStartOfACachedImageNeedsNoRegistry() throws IOException {
        try (RemoteLab lab = new RemoteLab(folder, withPassword)) {
            Path config = lab.config(lab.proxy.url(), Ext4Image.blobs());
            try (ImageService service = lab.service(UNIT_BYTES);
                    BlockDevice device = service.open(config)) {
                assertEquals(Ext4Image.sha256(), LayerFiles.sha256(device));
            }
            lab.proxy.close();
            try (ImageService service = lab.service(UNIT_BYTES);
                    BlockDevice device = service.open(config)) {
                assertEquals(Ext4Image.sha256(), LayerFiles.sha256(device));
                assertEquals(0, service.metrics().upstreamRequests());
                assertEquals(0, service.metrics().bytesFromUpstream());
            }
        }
    }

    @Test
    void skopeoTakesThePushedImage() throws Exception {
        String image = "docker://" + withPassword.host() + "/" + RemoteLab.REPOSITORY + ":" + Ext4Image.TAG;
        String found = skopeo("inspect", "--tls-verify=false", "--creds", "alice:secret", image);
        for (byte[] blob : Ext4Image.blobs()) {
            assertTrue(found.contains(Digest.of(blob).toString()), found);
        }
        Path copy = folder.resolve("copy");
        skopeo(
                "--insecure-policy",
                "copy",
                "--src-tls-verify=false",
                "--src-creds",
                "alice:secret",
                image,
                "dir:" + copy);
        for (byte[] blob : Ext4Image.blobs()) {
            assertEquals(blob.length, Files.size(copy.resolve(Digest.of(blob).hex())));
        }
    }

    private static String skopeo(String... arguments) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(Stream.concat(Stream.of("skopeo"), Stream.of(arguments))
                            .toList())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException absent) {
            Assumptions.abort("SKIPPED: skopeo is not installed");
            throw absent;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
