package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.registry.RegistryOptions;
import io.overlaybd.registry.credential.CredentialQuery;
import io.overlaybd.registry.credential.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteSettingsTest {

    @TempDir
    Path folder;

    private static String refusal(String json) {
        return assertThrows(IOException.class, () -> ImageService.open(GlobalConfigs.of(json)))
                .getMessage();
    }

    private static String credentials(String mode, String path, String more) throws IOException {
        String json = "{\"credentialConfig\":{\"mode\":\"" + mode + "\",\"path\":\"" + path + "\"" + more + "}}";
        return RemoteSettings.of(GlobalConfigs.of(json)).credentials().name();
    }

    @Test
    void everyModeHasItsSourceOfCredentials() throws IOException {
        assertEquals("/c.json", credentials("file", "/c.json", ""));
        assertEquals("http://localhost:19876/auth", credentials("http", "localhost:19876/auth?key=secret", ""));
        assertEquals("https://h.test/auth", credentials("https", "https://user:secret@h.test/auth", ""));
        assertEquals("unix socket /run/auth.sock", credentials("uds", "/run/auth.sock", ""));
    }

    @Test
    void filesForTheCredentialServerAreReadAtTheStart() {
        String message = assertThrows(
                        IOException.class,
                        () -> credentials("https", "https://h.test", ",\"server_ca_path\":\"" + folder + "/no.pem\""))
                .getMessage();
        assertTrue(message.startsWith("credentialConfig: ") && message.contains("no.pem"), message);
    }

    @Test
    void certificateThatCannotBeReadIsRefusedAtTheStart() {
        String message = refusal("{\"certConfig\":{\"caFile\":\"" + folder + "/none.pem\"}}");
        assertTrue(message.startsWith("certConfig: ") && message.contains("none.pem"), message);
    }

    @Test
    void configurationReachesCacheAndClient() throws IOException {
        Path credentials = Files.writeString(
                folder.resolve("cred.json"),
                "{\"auths\":{\"host/team\":{\"username\":\"alice\",\"password\":\"secret\"}}}");
        RemoteSettings settings = RemoteSettings.of(GlobalConfigs.of("{\"userAgent\":\"me/1\",\"cacheConfig\":{"
                + "\"cacheType\":\"ocf\",\"cacheDir\":\"/c\",\"cacheSizeGB\":3,\"refillSize\":8192},"
                + "\"credentialConfig\":{\"mode\":\"file\",\"path\":\"" + credentials + "\"}}"));
        assertEquals(Path.of("/c"), settings.cache().directory());
        assertEquals(3L << 30, settings.cache().limitBytes());
        assertEquals(8192, settings.cache().refillUnitBytes());
        RegistryOptions options = settings.registry().get();
        assertEquals("me/1", options.userAgent());
        CredentialQuery query = new CredentialQuery("host", "team/app", "https://host/v2/team/app/blobs/d");
        assertEquals(
                Credentials.password("alice", "secret"), options.credentials().find(query));
    }

    @Test
    void fileThatIsNamedMustBeThere() {
        Optional<Path> none = Optional.of(folder.resolve("none.json"));
        assertThrows(NoSuchFileException.class, () -> ImageService.configured(none));
    }

    @Test
    void refusalNamesTheFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("overlaybd.json"), "{\"credentialConfig\":{\"mode\":\"http\",\"path\":\"http://\"}}");
        String message = assertThrows(IOException.class, () -> ImageService.configured(Optional.of(file)))
                .getMessage();
        assertTrue(message.startsWith(file + ": credentialConfig.path: expected the URL of a server"), message);
    }
}
