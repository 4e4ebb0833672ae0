package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.download.DownloadState;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.registry.DockerRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers of a real registry are fetched whole while the image is in use. */
@ExtendWith(Seeded.class)
class DownloadTest {

    private static final int UNIT_BYTES = 16 << 10;
    private static final int SECTORS = 4000;

    private static DockerRegistry registry;

    @TempDir
    Path folder;

    private final DownloadLab downloads = new DownloadLab();
    private byte[] data;
    private byte[] blob;
    private RemoteLab lab;
    private Path config;
    private Path committed;

    @BeforeAll
    static void startRegistry() {
        registry = DockerRegistry.anonymous();
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    @BeforeEach
    void makeImage(Random random) throws IOException {
        data = new byte[SECTORS * BlockDevice.SECTOR_BYTES];
        random.nextBytes(data);
        lab = new RemoteLab(folder, registry);
        use(Wrapping.TAR_ZFILE);
    }

    private void use(Wrapping wrapping) throws IOException {
        Files.deleteIfExists(folder.resolve("layer"));
        Path layer = LayerFiles.write(folder.resolve("layer"), wrapping, SECTORS, 0, data);
        blob = Files.readAllBytes(layer);
        config = lab.image(blob);
        List<Path> directories = DownloadLab.directories(config, folder.resolve("layers"));
        committed = directories.get(0).resolve("overlaybd.commit");
    }

    @AfterEach
    void close() {
        lab.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    @ParameterizedTest
    @EnumSource
    void imageNeedsItsRegistryNoLongerOnceItIsDownloaded(Wrapping wrapping) throws Exception {
        use(wrapping);
        try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            downloads.await(DownloadState.COMMITTED, 1);
            assertArrayEquals(blob, Files.readAllBytes(committed));
            lab.proxy.close();
            long before = service.metrics().upstreamRequests();
            assertArrayEquals(data, LayerFiles.bytes(device));
            assertEquals(before, service.metrics().upstreamRequests());
            assertEquals(List.of(), service.downloads().downloads());
            assertEquals(1, service.downloads().committed());
        }
        assertFalse(Files.exists(committed.resolveSibling(".download")));
    }

    @Test
    void whatTheCacheHasIsNotFetchedAgain() throws Exception {
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(config)) {
            device.read(0, ByteBuffer.allocate(data.length / 3));
            device.read(data.length / 2, ByteBuffer.allocate(data.length / 3));
        }
        long cached;
        try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            downloads.await(DownloadState.COMMITTED, 1);
            cached = service.downloads().bytesFromCache();
            assertEquals(blob.length, cached + service.downloads().bytesFetched());
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
        assertTrue(cached > data.length / 2, () -> cached + " bytes from the cache");
    }
}
