package io.overlaybd.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.nbd.server.Endpoint;
import io.overlaybd.nbd.server.Export;
import io.overlaybd.nbd.server.NbdServer;
import io.overlaybd.nbd.server.ServerLimits;
import io.overlaybd.service.ImageService;
import io.overlaybd.testing.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's ext4 over our device over the layers that the original made. */
class MountedImageTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

    @TempDir
    Path folder;

    @Test
    void everyPathOfTheOriginalsTreeMatches() throws Exception {
        MountedFilesystem.assumePossible();
        Path config = Files.writeString(
                folder.resolve("config.v1.json"),
                "{\"lowers\": [{\"file\": \"%s\"}, {\"file\": \"%s\"}, {\"file\": \"%s\"}]}"
                        .formatted(
                                Vectors.path("ext4/l1.lz4.tar").toAbsolutePath(),
                                Vectors.path("ext4/l2.zstd.tar").toAbsolutePath(),
                                Vectors.path("ext4/l3.lsmt").toAbsolutePath()));
        Endpoint endpoint = new Endpoint.Unix(folder.resolve("socket"));
        try (ImageService service = ImageService.configured(Optional.empty());
                BlockDevice device = service.open(config);
                NbdServer server = NbdServer.start(endpoint, new Export(device, "vectors"), ServerLimits.DEFAULT);
                MountedFilesystem mounted = MountedFilesystem.mount(server.uri(), "ext4", folder)) {
            SortedMap<String, Map<String, Object>> found = FileTree.read(mounted.root());
            SortedMap<String, Map<String, Object>> expected = expected();
            assertEquals(expected.keySet(), found.keySet());
            expected.forEach((path, row) ->
                    assertEquals(new TreeMap<>(row).toString(), found.get(path).toString()));
        }
    }

    private static SortedMap<String, Map<String, Object>> expected() throws IOException {
        SortedMap<String, Map<String, Object>> rows = new TreeMap<>();
        for (String line : Files.readAllLines(Vectors.path("ext4/l3.tree.jsonl"))) {
            Map<String, Object> row = JSON.readValue(line, new TypeReference<TreeMap<String, Object>>() {});
            rows.put((String) row.get("path"), row);
        }
        return rows;
    }
}
