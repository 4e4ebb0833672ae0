package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Images read through a proxy that shares blobs among hosts. */
@ExtendWith(Seeded.class)
class RelayedImageTest {

    private static final int SECTORS = 2000;

    @TempDir
    Path folder;

    private final DockerRegistry registry = DockerRegistry.anonymous();
    private final FaultProxy proxy = FaultProxy.standalone("127.0.0.1");
    private final byte[] data = new byte[SECTORS * BlockDevice.SECTOR_BYTES];
    private byte[] blob;
    private RemoteLab lab;

    @BeforeEach
    void makeImage(Random random) throws IOException {
        random.nextBytes(data);
        blob = Files.readAllBytes(LayerFiles.write(folder.resolve("layer"), Wrapping.TAR_ZFILE, SECTORS, 0, data));
        lab = new RemoteLab(folder, registry);
    }

    @AfterEach
    void close() {
        lab.close();
        proxy.close();
        registry.close();
    }

    private ImageService service() throws IOException {
        return ImageService.open(GlobalConfigs.of(
                "{\"cacheConfig\":{\"cacheType\":\"file\",\"refillSize\":65536,\"cacheDir\":\"" + lab.cacheDirectory()
                        + "\"},\"p2pConfig\":{\"enable\":true,\"address\":\"" + proxy.host() + "/p2p\"}}"));
    }

    @Test
    void registryIsNotNeededWhereTheProxyHasTheBlobs() throws IOException {
        proxy.always(request -> true, new Fault.Content(blob));
        try (ImageService service = service();
                BlockDevice device = service.open(lab.image(blob))) {
            assertArrayEquals(data, LayerFiles.bytes(device));
            assertEquals(0, lab.proxy.requests().size());
            assertTrue(proxy.requests().get(0).path().startsWith("/p2p/" + lab.proxy.url() + "/v2/"));
        }
    }

    @Test
    void proxyThatIsDownIsNotMissed() throws IOException {
        proxy.close();
        try (ImageService service = service();
                BlockDevice device = service.open(lab.image(blob))) {
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @Test
    void wrongBytesOfTheProxyAreNoticedAndFetchedFromTheRegistry(Random random) throws IOException {
        byte[] wrong = blob.clone();
        for (int at = 8192; at < wrong.length - 8192; at += 4096) {
            wrong[at + random.nextInt(4096)] ^= 0x55;
        }
        proxy.always(request -> true, new Fault.Content(wrong));
        try (ImageService service = service();
                BlockDevice device = service.open(lab.image(blob))) {
            assertArrayEquals(data, LayerFiles.bytes(device));
            assertTrue(lab.proxy.requests().size() > 0);
        }
    }

    @Test
    void addressThatIsNoneIsRefusedAtTheStart() {
        IOException refusal = assertThrows(
                IOException.class,
                () -> ImageService.open(
                        GlobalConfigs.of("{\"registryMirrors\":[{\"address\":\"http://u:hunter2@h\"}]}")));
        assertEquals(
                "registryMirrors[0]: expected http(s)://host[:port][/path] without user and query",
                refusal.getMessage());
    }
}
