package io.overlaybd.tools.doctor;

import static io.overlaybd.tools.doctor.MachineChecksTest.assertOk;
import static io.overlaybd.tools.doctor.MachineChecksTest.assertOnly;
import static io.overlaybd.tools.doctor.MachineChecksTest.look;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.overlaybd.config.GlobalConfig;
import io.overlaybd.testing.registry.TestCertificates;
import io.overlaybd.tools.doctor.Finding.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is amiss with files and services that the configuration names. */
class ConfiguredChecksTest {

    @TempDir
    Path folder;

    private static GlobalConfig config(String json) throws IOException {
        return GlobalConfig.parse("test", json.getBytes(StandardCharsets.UTF_8)).config();
    }

    @Test
    void everyProblemOfTheConfigurationIsAFinding() throws IOException {
        Path file = Files.writeString(folder.resolve("o.json"), "{\"logConfig\": 7, \"enableAudit\": 1, \"odd\": 2}");
        ConfigCheck broken = new ConfigCheck(file);
        assertEquals(2, look(broken).size());
        assertEquals(Optional.empty(), broken.config());
        Files.writeString(file, "{\"odd\": 2}");
        ConfigCheck odd = new ConfigCheck(file);
        assertOnly(Level.WARN, "odd: unknown key", "remove", odd);
        assertTrue(odd.config().isPresent());
        assertOnly(Level.FAIL, "not there", "--config", new ConfigCheck(folder.resolve("none")));
    }

    private Check credentials(Path file) throws IOException {
        return new CredentialsCheck(config("{\"credentialFilePath\": \"" + file + "\"}"));
    }

    @Test
    void secretsThatOthersCanReadAreWarnedOf() throws IOException {
        Path file = Files.writeString(folder.resolve("cred.json"), "{\"auths\": {}}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertOnly(Level.WARN, "can be read by others", "chmod 600", credentials(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertOk(credentials(file));
        Files.writeString(file, "{\"auths\": ");
        assertOnly(Level.FAIL, "cred.json", "form", credentials(file));
        assertOnly(Level.WARN, "not there", "password", credentials(folder.resolve("none")));
    }

    @Test
    void keyThatOthersCanReadIsWarnedOf() throws IOException {
        Path certificate = TestCertificates.shared().clientCertFile();
        Path key = Files.copy(TestCertificates.shared().clientKeyFile(), folder.resolve("key.pem"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        Path none = Files.writeString(folder.resolve("cred.json"), "{\"auths\": {}}");
        Files.setPosixFilePermissions(none, PosixFilePermissions.fromString("rw-------"));
        String json = "{\"credentialFilePath\": \"%s\", \"certConfig\": {\"certFile\": \"%s\", \"keyFile\": \"%s\"}}"
                .formatted(none, certificate, key);
        assertOnly(Level.WARN, "key.pem: holds secrets", "chmod 600", new CredentialsCheck(config(json)));
    }

    @Test
    void missingSocketOfCredentialsIsTold() throws IOException {
        String json = "{\"credentialConfig\": {\"mode\": \"uds\", \"path\": \"" + folder + "/none\"}}";
        assertOnly(Level.FAIL, "no socket", "start", new CredentialsCheck(config(json)));
    }

    private static Check certificates(String json, Instant now) throws IOException {
        return new CertificatesCheck(config(json).tls(), () -> now);
    }

    @Test
    void authoritiesMustBeReadableAndValid() throws IOException {
        String json =
                "{\"certConfig\": {\"caFile\": \"" + TestCertificates.shared().caFile() + "\"}}";
        assertOk(certificates(json, Instant.now()));
        assertOnly(Level.FAIL, "not now", "newer", certificates(json, Instant.parse("2300-01-01T00:00:00Z")));
        Path empty = Files.writeString(folder.resolve("ca.pem"), "nothing");
        String broken = "{\"certConfig\": {\"caFile\": \"" + empty + "\"}}";
        assertOnly(Level.FAIL, "ca.pem", "certConfig", certificates(broken, Instant.now()));
        String skipped = "{\"certConfig\": {\"insecureSkipVerify\": true}}";
        assertOnly(Level.WARN, "anyone", "false", certificates(skipped, Instant.now()));
    }

    @Test
    void folderIsTriedAndLeftAsItWas() throws IOException {
        assertOk(new FolderCheck("cache", folder.resolve("not/there/yet"), 1, 1, false));
        for (Finding finding : look(new FolderCheck("cache", folder, 1, 1, true))) {
            assertTrue(finding.level() != Level.FAIL, finding::toString);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void folderWithoutRoomOrThatIsNoneIsTold() {
        long tooMuch = Long.MAX_VALUE;
        assertOnly(Level.WARN, "it may take", "smaller", new FolderCheck("cache", folder, tooMuch, 0, false));
        assertOnly(Level.FAIL, "below", "room", new FolderCheck("cache", folder, 0, tooMuch, false));
        Path file = Path.of("/proc/self/status/cache");
        assertOnly(Level.FAIL, "cannot be written to", "configure", new FolderCheck("cache", file, 0, 0, false));
    }

    @Test
    void serviceThatDoesNotAnswerIsTold() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String address = "127.0.0.1:" + server.getAddress().getPort();
        Machine machine = new FakeMachine(folder).machine();
        Check check = new DaemonCheck(machine, () -> "running", Optional.of(address));
        server.start();
        assertOk(check);
        server.stop(0);
        assertOnly(Level.FAIL, address + " does not answer", "serviceConfig.address", check);
        assertOnly(
                Level.WARN,
                "not running",
                "systemctl",
                new DaemonCheck(machine, () -> "not running", Optional.empty()));
    }

    @Test
    void netlinkIsAskedForReal() {
        assertEquals(1, look(new NetlinkCheck()).size());
    }
}
