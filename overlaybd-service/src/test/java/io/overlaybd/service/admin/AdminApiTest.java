package io.overlaybd.service.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.overlaybd.io.metrics.DeviceMeter.Kind;
import io.overlaybd.io.metrics.PendingIo;
import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import io.overlaybd.service.DaemonService;
import io.overlaybd.service.metrics.DeviceEntry;
import io.overlaybd.service.metrics.DeviceInfo;
import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminApiTest {

    @TempDir
    Path folder;

    private DaemonService daemon;
    private Closeable api;

    private Path socket() {
        return folder.resolve("run/admin.sock");
    }

    private Path config(int logLevel) throws IOException {
        String text = "{\"logConfig\":{\"logLevel\":%d,\"logPath\":\"%s\"},\"enableAudit\":false,"
                + "\"cacheConfig\":{\"cacheDir\":\"%s\"},\"serviceConfig\":{\"adminSocket\":\"%s\"}}";
        return Files.writeString(
                folder.resolve("overlaybd.json"),
                String.format(text, logLevel, folder.resolve("log"), folder.resolve("cache"), socket()));
    }

    @BeforeEach
    void start() throws IOException {
        daemon = DaemonService.start(Optional.of(config(1)));
        api = AdminApi.startIfWanted(daemon);
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
        daemon.close();
    }

    private JsonNode ask(String method, String target) throws IOException {
        return new AdminClient(socket()).ask(method, target);
    }

    private void assertRefused(String reason, String method, String target) {
        IOException refusal = assertThrows(IOException.class, () -> ask(method, target));
        assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
    }

    private DeviceEntry device() throws IOException {
        Path layer = Files.writeString(folder.resolve("layer"), "");
        Path image = Files.writeString(
                folder.resolve("config.v1.json"),
                "{\"repoBlobUrl\":\"http://r/v2/a/blobs\",\"lowers\":[{\"file\":\"" + layer
                        + "\"},{\"digest\":\"sha256:" + "a".repeat(64) + "\",\"size\":7}]}");
        return daemon.images().devices().enter(new DeviceInfo("a b", "uio0", image.toString(), "id"));
    }

    @Test
    void socketIsItsOwnersAlone() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket().getParent())));
        api.close();
        assertFalse(Files.exists(socket()), "gone with the daemon");
    }

    @Test
    void socketThatNobodyListensAtIsReplacedAndOneInUseIsNot() throws IOException {
        IOException inUse = assertThrows(IOException.class, () -> AdminApi.start(socket(), daemon));
        assertTrue(inUse.getMessage().contains("another process listens there"), inUse::getMessage);
        Path stale = folder.resolve("stale.sock");
        AdminSocket.bind(stale).close();
        assertTrue(Files.exists(stale));
        AdminApi.start(stale, daemon).close();
        Path file = Files.writeString(folder.resolve("file"), "precious");
        assertThrows(IOException.class, () -> AdminApi.start(file, daemon));
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void devicesAreToldWithTheirLayers() throws IOException {
        try (DeviceEntry entry = device()) {
            entry.serves(4096, true);
            JsonNode told = ask("GET", "/v1/devices").path("devices").get(0);
            assertEquals("a b", told.path("name").asText());
            assertTrue(told.path("serving").asBoolean() && told.path("readOnly").asBoolean(), told::toString);
            assertEquals("local", told.path("layers").get(0).path("source").asText());
            assertEquals("registry", told.path("layers").get(1).path("source").asText());
            assertEquals(
                    "sha256:" + "a".repeat(64),
                    told.path("layers").get(1).path("digest").asText());
            Files.writeString(folder.resolve("config.v1.json"), "{");
            assertTrue(ask("GET", "/v1/devices").path("devices").get(0).has("problem"), "an unreadable config");
        }
    }

    @Test
    void slowReadsAreExplained() throws IOException {
        try (DeviceEntry entry = device()) {
            entry.meter().servedAtOnce(3, 4096, 1000);
            PendingIo io = entry.meter().begin(Kind.READ, System.nanoTime());
            io.start();
            Stage before = StageTimes.enter(Stage.REGISTRY_FIRST_BYTE);
            StageTimes.asked("r:5000");
            for (long start = System.nanoTime(); System.nanoTime() - start < 20_000_000; ) {
                Thread.onSpinWait();
            }
            StageTimes.leave(before);
            io.end(4096, false);
            JsonNode why = ask("GET", "/v1/devices/a%20b/explain");
            assertEquals(4, why.path("reads").asInt());
            assertTrue(why.path("stageMicros").path("registry_first_byte").asInt() >= 20_000, why::toString);
            String text = String.join("\n", texts(why));
            assertTrue(text.contains("75.0 % of them waited for nothing"), text);
            assertTrue(text.contains("waiting for the first byte from r:5000"), text);
            assertTrue(text.contains("enable download"), text);
        }
    }

    private static List<String> texts(JsonNode why) {
        List<String> lines = new ArrayList<>();
        why.path("text").forEach(line -> lines.add(line.asText()));
        return lines;
    }

    @Test
    void topTellsWhatHappenedMeanwhile() throws IOException {
        try (DeviceEntry entry = device()) {
            entry.meter().servedAtOnce(1000, 4096, 1000);
            JsonNode top = ask("GET", "/v1/top?seconds=1");
            assertEquals(0, top.path("devices").get(0).path("readsPerSecond").asDouble(), "before does not count");
            assertTrue(top.path("seconds").asDouble() >= 1);
        }
    }

    @Test
    void logLevelChangesUntilTheConfigurationIsReadAgain() throws IOException {
        assertEquals("info", ask("GET", "/v1/log-level").path("level").asText());
        assertEquals(
                "debug", ask("POST", "/v1/log-level?level=debug").path("level").asText());
        config(3);
        assertEquals(1, ask("POST", "/v1/reload").path("changes").size());
        assertEquals("error", ask("GET", "/v1/log-level").path("level").asText());
        Files.writeString(folder.resolve("overlaybd.json"), "{\"logLevel\":\"x\"}");
        assertRefused("logLevel", "POST", "/v1/reload");
        assertEquals("error", ask("GET", "/v1/log-level").path("level").asText());
    }

    @Test
    void cacheIsToldAndCleared() throws IOException {
        assertEquals(0, ask("GET", "/v1/cache").path("usedBytes").asInt(1));
        assertEquals(0, ask("POST", "/v1/cache/clear").path("freedBytes").asInt(1));
    }

    @Test
    void whatCannotBeIsRefusedWithItsReason() {
        assertRefused("there is no /v1/nothing", "GET", "/v1/nothing");
        assertRefused("GET is not for /v1/reload", "GET", "/v1/reload");
        assertRefused("seconds: expected 1 to 5, found 99999999999", "GET", "/v1/top?seconds=99999999999");
        assertRefused("x: the daemon serves no such device", "GET", "/v1/devices/x/explain");
        assertRefused("no device is named", "GET", "/v1/devices/explain");
        assertRefused("level: expected debug", "POST", "/v1/log-level?level=loud");
        assertRefused("expected dev_id and config", "POST", "/v1/snapshot");
        assertRefused("nobody", "POST", "/v1/snapshot?dev_id=nobody&config=/c");
    }

    @Test
    void metricsAreThereToo() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            channel.write(ByteBuffer.wrap("GET /metrics HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            String page = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(page.contains("\noverlaybd_devices 0\n"), page);
        }
    }
}
