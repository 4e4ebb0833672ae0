package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.ext4.Ext4;
import io.overlaybd.service.ext4.Extent;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Vectors;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lists of files instead of traces, of an image that the original made. */
@Timeout(60)
class FileListTest {

    private static final int UNIT_BYTES = 64 << 10;
    private static final Pattern FILE = Pattern.compile(
            "\"path\": \"([^\"\\\\]+)\", \"sha256\": \"(\\p{XDigit}+)\", \"size\": (\\d+), \"type\": \"f\"");

    @TempDir
    Path folder;

    private DockerRegistry registry;
    private RemoteLab lab;

    @BeforeEach
    void start() throws IOException {
        registry = DockerRegistry.anonymous();
        lab = new RemoteLab(folder, registry);
    }

    @AfterEach
    void nothingIsLeft() {
        lab.close();
        registry.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    /** What the image has, by its paths. */
    private static Map<String, MatchResult> files() throws IOException {
        return FILE.matcher(Files.readString(Vectors.path("ext4/l3.tree.jsonl")))
                .results()
                .collect(Collectors.toMap(file -> file.group(1), Function.identity()));
    }

    private static String sha256(BlockDevice device, List<Extent> extents, int lengthBytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(lengthBytes);
        for (Extent extent : extents) {
            device.read(extent.deviceOffsetBytes(), content.slice((int) extent.fileOffsetBytes(), (int)
                    extent.lengthBytes()));
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertReads(BlockDevice device, Ext4 fileSystem, MatchResult file) throws IOException {
        List<Extent> extents = fileSystem.extentsOfFile(file.group(1));
        assertEquals(file.group(2), sha256(device, extents, Integer.parseInt(file.group(3))), file.group(1));
    }

    private Path imageWith(String list) throws IOException {
        Path config = lab.image(Ext4Image.blobs());
        Path trace = Files.writeString(folder.resolve("list"), list);
        String json = Files.readString(config);
        return Files.writeString(
                config, json.substring(0, json.length() - 1) + ",\"recordTracePath\":\"" + trace + "\"}");
    }

    @Test
    void everyFileOfTheImageLiesWhereItsExtentsSay() throws IOException {
        String lowers = Stream.of("l1.lz4.tar", "l2.zstd.tar", "l3.lsmt")
                .map(name -> "{\"file\":\"" + Vectors.path("ext4/" + name) + "\"}")
                .collect(Collectors.joining(","));
        Path config = Files.writeString(folder.resolve("local.json"), "{\"lowers\":[" + lowers + "]}");
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(config)) {
            Ext4 fileSystem = Ext4.open(device);
            Map<String, MatchResult> files = files();
            assertTrue(files.size() > 1000);
            for (MatchResult file : files.values()) {
                assertReads(device, fileSystem, file);
            }
        }
    }

    @Test
    void listedFilesAreFetchedBeforeTheyAreRead() throws IOException {
        Map<String, MatchResult> files = files();
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device =
                        service.open(imageWith("  /big/rand-1m \nno/such/file\n/many\nbin/\n/l3/rand\n"))) {
            while (service.prefetchMetrics().replays() > 0) {
                Thread.onSpinWait();
            }
            assertTrue(service.metrics().bytesFromUpstream() < Ext4Image.blobBytes(), "not the whole image");
            assertTrue(service.prefetchMetrics().bytes() > 1 << 20);
            lab.proxy.always(Request::isRanged, Fault.status(404));
            Ext4 fileSystem = Ext4.open(device);
            for (String path : List.of("/big/rand-1m", "/l3/rand", "/bin/app", "/bin/suid")) {
                assertReads(device, fileSystem, files.get(path));
            }
        }
    }
}
