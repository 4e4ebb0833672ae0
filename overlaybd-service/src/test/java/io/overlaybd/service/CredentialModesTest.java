package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.TestCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of a real registry that wants a password, which a server knows. */
class CredentialModesTest {

    private static final int SECTORS = 200;
    private static DockerRegistry registry;

    @TempDir
    Path folder;

    private final byte[] data = new byte[SECTORS * BlockDevice.SECTOR_BYTES];
    private final FaultProxy server = FaultProxy.standalone("127.0.0.1");
    private byte[] blob;
    private RemoteLab lab;

    @BeforeAll
    static void startRegistry() {
        registry = DockerRegistry.withPassword();
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    @BeforeEach
    void makeImage() throws IOException {
        new Random(1).nextBytes(data);
        blob = Files.readAllBytes(LayerFiles.write(folder.resolve("layer"), Wrapping.TAR_ZFILE, SECTORS, 0, data));
        lab = new RemoteLab(folder, registry);
    }

    @AfterEach
    void close() {
        lab.close();
        server.close();
    }

    private Fault knows(String password) {
        String json = "{\"success\":true,\"data\":{\"auths\":{\"" + lab.proxy.host() + "/team\":{\"username\":\""
                + DockerRegistry.USER + "\",\"password\":\"" + password + "\"}}}}";
        return new Fault.Content(json.getBytes(StandardCharsets.UTF_8));
    }

    private ImageService service(String credentials) throws IOException {
        return ImageService.open(GlobalConfigs.of("{\"cacheConfig\":{\"cacheType\":\"file\",\"cacheDir\":\""
                + lab.cacheDirectory() + "\"},\"credentialConfig\":{\"timeout\":20," + credentials + "}}"));
    }

    private String http() {
        return "\"mode\":\"http\",\"path\":\"" + server.url() + "/auth\"";
    }

    private void assertServes(ImageService service) throws IOException {
        try (BlockDevice device = service.open(lab.image(blob))) {
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @Test
    void serverIsAskedOnceForManyReads() throws IOException {
        server.always(request -> true, knows(DockerRegistry.PASSWORD));
        try (ImageService service = service(http())) {
            assertServes(service);
            assertServes(service);
        }
        assertEquals(1, server.requests().size());
        String asked = "/auth?remote_url=" + lab.proxy.url() + "/v2/" + RemoteLab.REPOSITORY + "/blobs/sha256:";
        assertTrue(server.requests().get(0).path().startsWith(asked));
    }

    @Test
    void clientCertificateAndPinnedCaAreUsed() throws IOException {
        TestCertificates certificates = TestCertificates.shared();
        try (FaultProxy secure = FaultProxy.tls(null, certificates.server(), true)
                        .always(request -> true, knows(DockerRegistry.PASSWORD));
                ImageService service = service("\"mode\":\"https\",\"path\":\"" + secure.url()
                        + "/auth\",\"client_cert_path\":\"" + certificates.clientCertFile()
                        + "\",\"client_key_path\":\"" + certificates.clientKeyFile() + "\",\"server_ca_path\":\""
                        + certificates.caFile() + "\"")) {
            assertServes(service);
        }
    }

    @Test
    void serverThatFailsIsToldAndAskedAgainByTheNextOpening() throws IOException {
        server.next(request -> true, Fault.status(500));
        server.always(request -> true, knows(DockerRegistry.PASSWORD));
        try (ImageService service = service(http())) {
            IOException failure = assertThrows(IOException.class, () -> service.open(lab.image(blob)));
            String told = "the credentials cannot be read: " + server.url() + "/auth: expected HTTP 200, found 500";
            assertTrue(failure.getMessage().contains(told), failure::getMessage);
            assertTrue(lab.result().contains("Authentication failed"), lab.result());
            assertEquals(1, server.requests().size());
        }
        try (ImageService service = service(http())) {
            assertServes(service);
        }
    }
}
