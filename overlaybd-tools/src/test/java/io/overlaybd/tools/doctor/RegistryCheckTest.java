package io.overlaybd.tools.doctor;

import static io.overlaybd.tools.doctor.MachineChecksTest.assertOk;
import static io.overlaybd.tools.doctor.MachineChecksTest.assertOnly;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.TestCertificates;
import io.overlaybd.tools.doctor.Finding.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real registry with a password, as it is and as it should not be. */
class RegistryCheckTest {

    private static final int BLOB_BYTES = 5000;

    private static DockerRegistry registry;
    private static String digest;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        registry = DockerRegistry.withPassword();
        digest = registry.storeBlob("team/app", new byte[BLOB_BYTES]);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    private Path image(String registryUrl, String blob, long sizeBytes) throws IOException {
        String json = """
                {"repoBlobUrl": "%s/v2/team/app/blobs", "lowers": [{"digest": "%s", "size": %d}]}
                """.formatted(registryUrl, blob, sizeBytes);
        return Files.writeString(folder.resolve("config.v1.json"), json);
    }

    private Check check(String password, String hostAndPort, String tls, Path image) throws IOException {
        String auths = "{\"auths\": {\"%s\": {\"username\": \"%s\", \"password\": \"%s\"}}}"
                .formatted(hostAndPort, DockerRegistry.USER, password);
        Path credentials = Files.writeString(folder.resolve("cred.json"), auths);
        String json = "{\"credentialFilePath\": \"%s\", \"certConfig\": {%s}}".formatted(credentials, tls);
        GlobalConfig config = GlobalConfig.parse("test", json.getBytes(StandardCharsets.UTF_8))
                .config();
        return new RegistryCheck(config, image, Map.of());
    }

    private Check plain(String password, Path image) throws IOException {
        return check(password, registry.host(), "", image);
    }

    @Test
    void layerThatCanBeReadIsOk() throws IOException {
        assertOk(plain(DockerRegistry.PASSWORD, image(registry.url(), digest, BLOB_BYTES)));
    }

    @Test
    void wrongPasswordMissingBlobAndWrongLengthAreToldApart() throws IOException {
        Path image = image(registry.url(), digest, BLOB_BYTES);
        assertOnly(Level.FAIL, "password is refused", "credentialConfig", plain("wrong", image));
        String other = "sha256:" + "0".repeat(64);
        assertOnly(Level.FAIL, "404", "digest", plain(DockerRegistry.PASSWORD, image(registry.url(), other, 0)));
        Check longer = plain(DockerRegistry.PASSWORD, image(registry.url(), digest, BLOB_BYTES + 1));
        assertOnly(Level.FAIL, "has 5000 bytes", "overlaybd-pull-config", longer);
    }

    @Test
    void closedPortIsTold() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path image = image("http://127.0.0.1:" + port, digest, 0);
        assertOnly(Level.FAIL, "127.0.0.1:" + port, "firewall", plain("", image));
    }

    @Test
    void authorityThatIsNotTrustedIsTold() throws IOException {
        TestCertificates certificates = TestCertificates.shared();
        try (FaultProxy proxy = FaultProxy.tls(registry.address(), certificates.server(), false)) {
            Path image = image(proxy.url(), digest, BLOB_BYTES);
            String host = proxy.url().substring("https://".length());
            assertOnly(Level.FAIL, "certificate", "caFile", check(DockerRegistry.PASSWORD, host, "", image));
            String trusted = "\"caFile\": \"" + certificates.caFile() + "\"";
            assertOk(check(DockerRegistry.PASSWORD, host, trusted, image));
        }
    }

    @Test
    void imageOfFilesNeedsNoRegistry() throws IOException {
        Path image = Files.writeString(folder.resolve("c.json"), "{\"lowers\": [{\"file\": \"/l\"}]}");
        assertOk(plain("", image));
    }
}
