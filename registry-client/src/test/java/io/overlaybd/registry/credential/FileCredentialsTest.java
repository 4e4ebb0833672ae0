package io.overlaybd.registry.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileCredentialsTest {

    @TempDir
    private Path folder;

    private static String entry(String user) {
        return "{\"username\":\"" + user + "\",\"password\":\"p\"}";
    }

    private static Credentials find(String json, String host, String repository) throws IOException {
        return CredentialReader.parse("cred.json", json.getBytes(StandardCharsets.UTF_8))
                .find(host, repository);
    }

    @ParameterizedTest
    @CsvSource({
        "hub.test, hello/world, repo",
        "hub.test, hello/other, ns",
        "hub.test, hello, ns",
        "hub.test, helloworld, host",
        "HUB.test, x/v2, host",
        "hub.test:5000, hello/world, port",
        "registry-1.docker.io, library/redis, docker",
        "other.test, hello/world, ''",
    })
    void longestKeyThatMatchesWins(String host, String repository, String user) throws IOException {
        String json =
                "{\"auths\":{\"hub.test\":" + entry("host") + ",\"https://hub.test/hello/world/\":" + entry("repo")
                        + ",\"hub.test/hello\":" + entry("ns") + ",\"hub.test/hello/\":" + entry("second")
                        + ",\"hub.test:5000\":"
                        + entry("port") + ",\"https://index.docker.io/v1/\":" + entry("docker") + "}}";
        assertEquals(user, find(json, host, repository).user());
    }

    @Test
    void authIsSplitAtTheFirstColonAndNotTrimmed() throws IOException {
        String auth = Base64.getEncoder().encodeToString("alice:a:b\n".getBytes(StandardCharsets.UTF_8));
        Credentials found = find("{\"auths\":{\"h\":{\"auth\":\"" + auth + "\",\"username\":\"x\"}}}", "h", "r");
        assertEquals(Credentials.password("alice", "a:b\n"), found);
        assertFalse(found.toString().contains("a:b"));
    }

    @Test
    void identityTokenIsFound() throws IOException {
        String auth = Base64.getEncoder().encodeToString("00000000:".getBytes(StandardCharsets.UTF_8));
        Credentials found = find("{\"auths\":{\"h\":{\"auth\":\"" + auth + "\",\"identitytoken\":\"t\"}}}", "h", "r");
        assertTrue(found.hasIdentityToken());
    }

    @Test
    void entryThatCannotBeUsedDoesNotMatch() throws IOException {
        String json = "{\"auths\":{\"h/a/b\":{\"auth\":\"***\"},\"h/a\":{\"auth\":\"bm9jb2xvbg==\"},\"h\":" + entry("u")
                + ",\"x\":7,\"y\":{\"username\":\"only\"}},\"credsStore\":\"pass\"}";
        assertEquals("u", find(json, "h", "a/b").user());
        assertTrue(find(json, "x", "a").isAnonymous());
        assertTrue(find(json, "y", "a").isAnonymous());
    }

    @Test
    void firstOfTwoEqualKeysWins() throws IOException {
        String json = "{\"auths\":{\"h\":" + entry("first") + ",\"https://H/\":" + entry("second") + "},\"auths\":{}}";
        assertEquals("first", find(json, "h", "r").user());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "hunter2", "{\"auths\":hunter2}", "{\"auths\":[]}", "{\"auths\":{\"h\":{", "{} {}"})
    void brokenFileIsAnErrorThatShowsNothingOfIt(String json) {
        IOException failure = assertThrows(IOException.class, () -> find(json, "h", "r"));
        assertTrue(failure.getMessage().startsWith("cred.json: "), failure::getMessage);
        assertFalse(failure.getMessage().contains("hunter2"), failure::getMessage);
        assertEquals(null, failure.getCause());
    }

    @Test
    void fileIsReadAgainWhenItChanged() throws IOException {
        Path file = folder.resolve("cred.json");
        FileCredentials credentials = new FileCredentials(file);
        CredentialQuery query = new CredentialQuery("h", "r", "http://h/v2/r/blobs/d");
        assertTrue(credentials.find(query).isAnonymous());
        Files.writeString(file, "{\"auths\":{\"h\":" + entry("one") + "}}");
        assertEquals("one", credentials.find(query).user());
        Files.writeString(file, "{\"auths\":{\"h\":" + entry("three") + "}}");
        assertEquals("three", credentials.find(query).user());
        Files.writeString(file, "{");
        assertThrows(IOException.class, () -> credentials.find(query));
        Files.delete(file);
        assertTrue(credentials.find(query).isAnonymous());
    }

    @Test
    void hugeFileIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("huge"), new byte[(1 << 20) + 1]);
        CredentialQuery query = new CredentialQuery("h", "r", "");
        assertThrows(IOException.class, () -> new FileCredentials(file).find(query));
    }
}
