package io.overlaybd.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.testing.registry.DockerRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with an image of a registry. */
class RemoteServingTest {

    @TempDir
    Path folder;

    private Path imageConfig(DockerRegistry registry) throws IOException {
        try (InputStream layer = RemoteServingTest.class.getResourceAsStream("/empty.lsmt")) {
            String digest = registry.storeBlob("team/app", layer.readAllBytes());
            return Files.writeString(
                    folder.resolve("config.v1.json"),
                    "{\"repoBlobUrl\": \"" + registry.url() + "/v2/team/app/blobs\", \"lowers\": [{\"digest\": \""
                            + digest + "\"}]}");
        }
    }

    private Path serviceConfig() throws IOException {
        return Files.writeString(
                folder.resolve("service.json"),
                "{\"cacheConfig\": {\"cacheType\": \"file\", \"cacheDir\": \"" + folder.resolve("cache") + "\"}}");
    }

    private String summaryOfServing(Path imageConfig) throws Exception {
        Path summary = folder.resolve("summary.json");
        Process server = JavaProcess.start(
                OverlaybdNbd.class,
                imageConfig.toString(),
                "--service-config",
                serviceConfig().toString(),
                "--summary",
                summary.toString(),
                "--socket",
                folder.resolve("s").toString());
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            assertTrue(out.readLine().startsWith("nbd+unix:"));
            server.destroy();
            assertEquals(0, server.waitFor());
        } finally {
            server.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(summary);
        assertEquals(1, lines.size());
        return lines.get(0);
    }

    @Test
    void summaryTellsWhatTheStartCostAndThatTheNextOneCostsNothing() throws Exception {
        Path config;
        try (DockerRegistry registry = DockerRegistry.anonymous()) {
            config = imageConfig(registry);
            String first = summaryOfServing(config);
            assertTrue(
                    first.startsWith("{\"upstreamRequests\":1,\"tokenRequests\":0,\"bytesFromUpstream\":8192,"), first);
        }
        String second = summaryOfServing(config);
        assertTrue(second.startsWith("{\"upstreamRequests\":0,\"tokenRequests\":0,\"bytesFromUpstream\":0,"), second);
    }
}
