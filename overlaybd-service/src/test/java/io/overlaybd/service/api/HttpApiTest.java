package io.overlaybd.service.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.WritableLayer;
import io.overlaybd.core.WritableLayer.Kind;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.ImageService;
import java.io.Closeable;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpApiTest {

    private static final String ANY_PORT = "http://127.0.0.1:0";

    @TempDir
    Path folder;

    private ImageService service;
    private HttpApi api;

    @BeforeEach
    void start() throws IOException {
        service = ImageService.configured(Optional.of(Files.writeString(folder.resolve("overlaybd.json"), "{}")));
        api = HttpApi.start(service, ANY_PORT);
    }

    @AfterEach
    void stop() {
        api.close();
        service.close();
    }

    private HttpResponse<String> ask(String method, String target) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + api.port() + target);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.ofString("ignored"))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static String json(boolean success, String message) {
        return "{\n        \"success\": " + success + ",\n        \"message\": \"" + message + "\"\n}";
    }

    private void assertAnswer(int status, String body, HttpResponse<String> found) {
        assertEquals(status, found.statusCode());
        assertEquals(body, found.body());
        assertEquals(Optional.empty(), found.headers().firstValue("Content-Type"));
    }

    private Path config(String name, String lowers, int upper) throws IOException {
        WritableLayer.create(
                        Kind.LOG,
                        folder.resolve("data" + upper),
                        folder.resolve("index" + upper),
                        LayerIdentity.ofSize(1 << 20))
                .close();
        return Files.writeString(
                folder.resolve(name),
                "{\"lowers\":[" + lowers + "],\"upper\":{\"data\":\"" + folder + "/data" + upper + "\",\"index\":\""
                        + folder + "/index" + upper + "\"}}");
    }

    @Test
    void snapshotIsTakenOfTheDeviceNamed() throws Exception {
        Path config = config("config.json", "", 0);
        Path next = config("next +1.json", "{\"file\":\"" + folder + "/data0\"}", 1);
        String query = "?dev_id=a%2Fb&config=" + URLEncoder.encode(next.toString(), StandardCharsets.UTF_8);
        try (BlockDevice device = service.open(config, "a/b")) {
            device.write(0, ByteBuffer.allocate(512).put(0, (byte) 5));
            assertAnswer(200, json(true, "Snapshot created successfully"), ask("POST", "/snapshot" + query));
            assertTrue(Files.readString(config).contains("data1"));
            HttpResponse<String> again = ask("GET", "/snapshot" + query);
            assertAnswer(500, json(false, "Failed to create snapshot`"), again);
            assertTrue(again.headers().firstValue("Overlaybd-Reason").get().contains(next.toString()));
        }
    }

    @Test
    void whatIsMissingOrUnknownIsTold() throws Exception {
        String missing = json(false, "Missing dev_id or config in snapshot request");
        assertAnswer(400, missing, ask("POST", "/snapshot"));
        assertAnswer(400, missing, ask("POST", "/snapshot?dev_id=a&config"));
        assertAnswer(404, json(false, "Image file not found"), ask("POST", "/snapshot?dev_id=a&config=b"));
        assertAnswer(400, missing, ask("POST", "/snapshot?config=b"));
        assertAnswer(404, json(false, "Image file not found"), ask("PUT", "/snapshots?config=b&dev_id=a"));
        assertAnswer(404, "", ask("GET", "/"));
        assertAnswer(404, "", ask("GET", "/metrics?dev_id=a"));
    }

    @Test
    void startsOnlyIfTheConfigurationWantsIt() throws Exception {
        HttpApi.startIfWanted(service).close();
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path wanted = Files.writeString(
                folder.resolve("wanted.json"),
                "{\"serviceConfig\":{\"enable\":true,\"address\":\"http://127.0.0.1:" + port + "\"}}");
        try (ImageService images = ImageService.configured(Optional.of(wanted));
                Closeable started = HttpApi.startIfWanted(images)) {
            assertTrue(started instanceof HttpApi);
            assertTrue(assertThrows(IOException.class, () -> HttpApi.startIfWanted(images))
                    .getMessage()
                    .startsWith("serviceConfig.address: cannot listen at http://127.0.0.1:" + port + ": "));
        }
    }

    @Test
    void addressThatIsNoneIsRefusedRatherThanAllInterfaces() {
        for (String url :
                new String[] {"https://127.0.0.1:1", "http://", "http://:99", "no address", "", "http://a b"}) {
            IOException refused = assertThrows(IOException.class, () -> HttpApi.start(service, url), url);
            assertTrue(refused.getMessage().startsWith("serviceConfig.address: "), refused.getMessage());
        }
    }
}
