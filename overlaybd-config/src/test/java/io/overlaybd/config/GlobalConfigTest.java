package io.overlaybd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GlobalConfigTest {

    private static Loaded<GlobalConfig> load(String json) throws IOException {
        return GlobalConfig.parse("g.json", json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shippedFileShowsTheDefaults() throws IOException {
        Loaded<GlobalConfig> shipped = GlobalConfig.read(Path.of("../etc/overlaybd.json"));
        assertEquals(List.of(), shipped.warnings());
        assertEquals(load("{}").config(), shipped.config());
    }

    @Test
    void olderKeysCountWhereTheNewerAreSilent() throws IOException {
        Loaded<GlobalConfig> loaded = load("""
                {"registryCacheDir": "/c", "registryCacheSizeGB": 7, "cacheType": "file",
                 "credentialFilePath": "/cred", "logLevel": 0, "logPath": "",
                 "cacheConfig": {"cacheDir": "/ignored", "refillSize": 4096},
                 "logConfig": {"logLevel": 3, "logSizeMB": 99}}
                """);
        GlobalConfig config = loaded.config();
        for (String unused : List.of("cacheConfig.cacheDir", "logConfig.logLevel", "logConfig.logSizeMB")) {
            assertTrue(loaded.warnings().toString().contains(unused + ": without effect"), loaded.warnings()::toString);
        }
        assertEquals(Path.of("/c"), config.cache().dir());
        assertEquals(7L << 30, config.cache().sizeBytes());
        assertEquals(4096, config.cache().refillBytes());
        assertEquals("/cred", config.credentials().path());
        assertEquals(new LogConfig(LogConfig.Level.DEBUG, Optional.empty(), 10, 3), config.log());
    }

    @Test
    void newerKeysWin() throws IOException {
        GlobalConfig config = load("""
                {"registryCacheDir": "/c", "credentialFilePath": "/cred", "logPath": "/l",
                 "cacheConfig": {"cacheType": "file", "cacheDir": "/n", "cacheSizeGB": 5000},
                 "credentialConfig": {"mode": "uds", "path": "/s", "timeout": 3},
                 "logConfig": {"logPath": "/n.log", "logLevel": 2, "logSizeMB": 5000, "logRotateNum": 99}}
                """).config();
        assertEquals(Path.of("/n"), config.cache().dir());
        assertEquals(5000L << 30, config.cache().sizeBytes());
        assertEquals(CredentialConfig.Mode.UDS, config.credentials().mode());
        assertEquals("/s", config.credentials().path());
        assertEquals(new LogConfig(LogConfig.Level.WARN, Optional.of(Path.of("/n.log")), 5000, 30), config.log());
    }

    @Test
    void everyProblemIsReportedAtOnceWithItsPath() {
        List<String> problems =
                assertThrows(ConfigException.class, () -> load("""
                        {"cacheConfig": {"cacheType": "tape", "refillSize": 5000}, "ioEngine": 3,
                         "credentialConfig": {"mode": "telepathy"}, "certConfig": {"certFile": "/c"},
                         "exporterConfig": {"port": 70000}, "prefetchConfig": {"concurrency": 0, "readAheadMB": 65},
                         "logConfig": {"logLevel": 9}, "download": {"delay": "soon"}, "enableAudit": 1}
                        """)).problems();
        for (String path : List.of(
                "cacheConfig.cacheType",
                "cacheConfig.refillSize",
                "ioEngine",
                "credentialConfig.mode",
                "credentialConfig.path",
                "certConfig",
                "exporterConfig.port",
                "prefetchConfig.concurrency",
                "prefetchConfig.readAheadMB",
                "logConfig.logLevel",
                "download.delay",
                "enableAudit")) {
            assertTrue(problems.stream().anyMatch(p -> p.startsWith(path + ":")), path + " in " + problems);
        }
        assertEquals(12, problems.size(), problems::toString);
    }

    @Test
    void refillUnitIsAPowerOfTwoThatACacheCanHave() throws IOException {
        for (long bytes : new long[] {0, 2048, 5000, 33554432, 4294967295L}) {
            String json = "{\"cacheConfig\": {\"refillSize\": " + bytes + "}}";
            assertThrows(ConfigException.class, () -> load(json), json);
        }
        assertEquals(
                16777216,
                load("{\"cacheConfig\": {\"refillSize\": 16777216}}")
                        .config()
                        .cache()
                        .refillBytes());
    }

    @Test
    void addressWithoutSchemeIsHttpAndSkippedVerificationIsWarnedOf() throws IOException {
        Loaded<GlobalConfig> loaded = load("""
                {"p2pConfig": {"address": "localhost:19145/dadip2p"}, "certConfig": {"insecureSkipVerify": true},
                 "unheardOf": 1}
                """);
        assertEquals("http://localhost:19145/dadip2p", loaded.config().p2p().address());
        assertEquals(2, loaded.warnings().size(), loaded.warnings()::toString);
    }

    @Test
    void urlsAreShownWithoutTheirSecrets() throws IOException {
        GlobalConfig config = load("""
                {"credentialConfig": {"mode": "http", "path": "http://me:hunter2@h/auth?key=hunter2"},
                 "p2pConfig": {"address": "me:hunter2@localhost:1/k"}}
                """).config();
        assertTrue(config.toString().contains("path=http://h/auth,"), config::toString);
        assertFalse(config.toString().contains("hunter2"), config::toString);
        for (String url :
                List.of("x://hunter2:hunter2@", "hunter2@", "a:hunter2@h/b@c", "http://h#hunter2", "?hunter2")) {
            assertFalse(ShownUrl.of(url).contains("hunter2"), url);
        }
    }

    @Test
    void modeHttpsNeedsAUrlOfThatKindAndDoesNotShowWhatItFound() {
        ConfigException refusal = assertThrows(
                ConfigException.class,
                () -> load("{\"credentialConfig\": {\"mode\": \"https\", \"path\": \"http://u:hunter2@h\"}}"));
        assertTrue(refusal.getMessage().contains("credentialConfig.path: expected a URL that begins with https://"));
        assertFalse(refusal.getMessage().contains("hunter2"));
    }

    @Test
    void mirrorsKeepTheirOrderAndShowNoHeader() throws IOException {
        Loaded<GlobalConfig> loaded = load("""
                {"registryMirrors": [
                  {"registry": "docker.io", "address": "127.0.0.1:4001", "forwardCredentials": true,
                   "headers": [{"name": "X-Key", "value": "hunter2"}, {"value": "nameless"}]},
                  {"registry": "nowhere.test"},
                  {"address": "https://all.test"}]}
                """);
        List<MirrorConfig> mirrors = loaded.config().mirrors();
        assertEquals(
                List.of(
                        new MirrorConfig("docker.io", "http://127.0.0.1:4001", true, Map.of("X-Key", "hunter2")),
                        new MirrorConfig("*", "https://all.test", false, Map.of())),
                mirrors);
        assertEquals(2, loaded.warnings().size(), loaded.warnings()::toString);
        assertFalse(loaded.config().toString().contains("hunter2"));
    }
}
