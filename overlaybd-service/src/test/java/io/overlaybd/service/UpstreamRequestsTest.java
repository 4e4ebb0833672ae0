package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.registry.RegistryOptions;
import io.overlaybd.registry.Repository;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.download.Foreground;
import io.overlaybd.service.metrics.RemoteFlows;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which requests a registry gets, not only that the bytes are right. */
class UpstreamRequestsTest {

    private static final int UNIT_BYTES = 256 << 10;
    private static final int DATA_BYTES = 6 << 20;

    private static DockerRegistry registry;
    private static byte[] data;
    private static byte[] blob;

    @TempDir
    Path folder;

    private RemoteLab lab;
    private ImageService service;

    @BeforeAll
    static void startRegistry(@TempDir Path layers) throws IOException {
        registry = DockerRegistry.anonymous();
        data = new byte[DATA_BYTES];
        new Random(1).nextBytes(data);
        int sectors = DATA_BYTES / BlockDevice.SECTOR_BYTES;
        blob = Files.readAllBytes(LayerFiles.write(layers.resolve("layer"), Wrapping.TAR_ZFILE, sectors, 0, data));
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
        data = null;
        blob = null;
    }

    @BeforeEach
    void openService() {
        lab = new RemoteLab(folder, registry);
        service = lab.service(UNIT_BYTES);
    }

    @AfterEach
    void close() {
        service.close();
        lab.close();
    }

    private long requests() {
        return lab.proxy.requests().size();
    }

    private byte[] read(BlockDevice device, int offsetBytes, int lengthBytes) throws IOException {
        byte[] bytes = new byte[lengthBytes];
        device.read(offsetBytes, ByteBuffer.wrap(bytes));
        assertArrayEquals(Arrays.copyOfRange(data, offsetBytes, offsetBytes + lengthBytes), bytes);
        return bytes;
    }

    @Test
    void readsWithinOneUnitAreOneRequestAndThenNone() throws IOException {
        try (BlockDevice device = service.open(lab.image(blob))) {
            assertEquals(2, requests(), "attaching: the first unit, and the last two");
            read(device, 3 << 20, 4096);
            assertEquals(3, requests());
            read(device, (3 << 20) + 8192, 16384);
            read(device, 3 << 20, 4096);
            assertEquals(3, requests());
            assertEquals(3, service.metrics().upstreamRequests());
            assertEquals(0, service.metrics().tokenRequests());
        }
    }

    @Test
    void preparingAsksNobodyAndIsOfUseToTheFirstImage() throws IOException {
        AtomicInteger made = new AtomicInteger();
        RemoteSettings usual = RemoteLab.settings(lab.cacheDirectory(), UNIT_BYTES, new SkippingTime());
        Supplier<RegistryOptions> counted = () -> {
            made.incrementAndGet();
            return usual.registry().get();
        };
        RemoteSettings settings = new RemoteSettings(usual.credentials(), counted, usual.cache());
        try (ImageService prepared = ImageService.open(settings, DownloadLab.off())) {
            prepared.prepare();
            assertEquals(1, made.get());
            assertEquals(0, requests());
            assertFalse(Files.exists(lab.cacheDirectory()));
            prepared.open(lab.image(blob)).close();
            assertEquals(1, made.get(), "the first image takes what is prepared");
        }
    }

    @Test
    void nothingIsAskedTwiceAfterARestart() throws IOException {
        Path config = lab.image(blob);
        try (BlockDevice device = service.open(config)) {
            read(device, 3 << 20, 4096);
        }
        service.close();
        lab.proxy.reset();
        try (ImageService again = lab.service(UNIT_BYTES);
                BlockDevice device = again.open(config)) {
            read(device, 3 << 20, 4096);
            assertEquals(0, requests());
        }
    }

    @Test
    void imagesShareWhatTheyHaveInCommon() throws IOException {
        Path config = lab.image(blob, blob);
        try (BlockDevice first = service.open(config);
                BlockDevice second = service.open(config)) {
            read(first, 3 << 20, 4096);
            read(second, 3 << 20, 4096);
            assertEquals(3, requests());
        }
    }

    @Test
    void eightReadersOfOneUnitAreOneRequest() throws Exception {
        try (BlockDevice device = service.open(lab.image(blob))) {
            lab.proxy.reset();
            CountDownLatch everyoneIsThere = new CountDownLatch(8);
            lab.proxy.next(Request::isRanged, new Fault.Hold(everyoneIsThere, null));
            ExecutorService readers = Executors.newFixedThreadPool(8);
            try {
                List<Callable<byte[]>> reads = IntStream.range(0, 8)
                        .<Callable<byte[]>>mapToObj(i -> () -> {
                            everyoneIsThere.countDown();
                            return read(device, (3 << 20) + i * 4096, 4096);
                        })
                        .toList();
                for (Future<byte[]> each : readers.invokeAll(reads)) {
                    each.get();
                }
            } finally {
                readers.shutdownNow();
            }
            assertEquals(1, requests());
        }
    }

    @Test
    void fourMegabytesOfABlobAreOneRequest() throws IOException {
        registry.storeBlob(RemoteLab.REPOSITORY, blob);
        RemoteSettings settings = RemoteLab.settings(lab.cacheDirectory(), UNIT_BYTES, lab.time);
        Repository repository = new Repository(lab.proxy.url(), RemoteLab.REPOSITORY);
        try (RemoteBlobs blobs = new RemoteBlobs(settings, new Foreground(), new RemoteFlows());
                BlobSource source = blobs.blob(repository, Digest.of(blob).toString(), 0, BlobEnds.ONE_BY_ONE)
                        .open()) {
            lab.proxy.reset();
            ByteBuffer bytes = ByteBuffer.allocate(4 << 20);
            source.readFully(UNIT_BYTES, bytes);
            assertEquals(ByteBuffer.wrap(blob, UNIT_BYTES, 4 << 20), bytes.flip());
            assertEquals(1, requests());
        }
    }

    @Test
    void fourMegabytesOfADeviceAreOneRequestWhereverTheyBegin() throws IOException {
        try (BlockDevice device = service.open(lab.image(blob))) {
            lab.proxy.reset();
            read(device, (1 << 20) + 4096, 4 << 20);
            assertEquals(1, requests());
            read(device, (1 << 20) + 4096, 4 << 20);
            assertEquals(1, requests());
        }
    }

    @Test
    void indexesLongerThanAUnitAreOneRequestEach() throws IOException {
        service.close();
        try (ImageService small = lab.service(4096);
                BlockDevice device = small.open(lab.image(blob))) {
            assertEquals(DATA_BYTES, device.sizeBytes());
            // 1536 blocks have an index of 6 KiB; the first unit holds the tar's header and a part of the ZFile's.
            assertTrue(requests() <= 5, lab.proxy.requests()::toString);
        }
    }
}
