package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.download.DownloadState;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy.Request;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers of a real registry are fetched whole while the image is in use. */
class DownloadTest extends DownloadCase {

    DownloadTest() {
        super(4000);
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
        assertFalse(Files.exists(partial));
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

    /** Reads at random and compares, until told to end; answers how many reads there were. */
    private Callable<Integer> reader(BlockDevice device, long seed, BooleanSupplier end) {
        return () -> {
            Random random = new Random(seed);
            ByteBuffer dst = ByteBuffer.allocateDirect(200_000);
            int reads = 0;
            for (; !end.getAsBoolean(); reads++) {
                int at = random.nextInt(sectors) * BlockDevice.SECTOR_BYTES;
                int length = 1 + random.nextInt(Math.min(dst.capacity(), data.length - at));
                length = Math.max(1, length / BlockDevice.SECTOR_BYTES) * BlockDevice.SECTOR_BYTES;
                dst.clear().limit(length);
                if (random.nextBoolean() || !device.tryRead(at, dst)) {
                    device.read(at, dst.clear().limit(length));
                }
                assertEquals(ByteBuffer.wrap(data, at, length), dst.flip(), () -> "at byte " + at);
            }
            return reads;
        };
    }

    @Test
    void readersNoticeNothingOfTheSwitch(Random random) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicBoolean end = new AtomicBoolean();
        try (ImageService service =
                        lab.service(UNIT_BYTES, downloads.maxMiBPerSecond(8).on());
                BlockDevice device = service.open(config)) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                readers.add(threads.submit(reader(device, random.nextLong(), end::get)));
            }
            downloads.await(DownloadState.COMMITTED, 1);
            lab.proxy.close();
            assertArrayEquals(data, LayerFiles.bytes(device));
            end.set(true);
            for (Future<Integer> each : readers) {
                assertTrue(each.get() > 0);
            }
        } finally {
            end.set(true);
            threads.shutdown();
        }
    }

    /** A read in the middle of the device, which waits for the registry until {@code release}. */
    private Future<byte[]> heldRead(ExecutorService threads, BlockDevice device, CountDownLatch release) {
        lab.proxy.reset();
        lab.proxy.next(Request::isRanged, new Fault.Hold(release, null));
        Future<byte[]> read = threads.submit(() -> {
            byte[] bytes = new byte[4096];
            device.read(data.length / 2, ByteBuffer.wrap(bytes));
            return bytes;
        });
        while (lab.proxy.count(Request::isRanged) == 0) {
            Thread.onSpinWait();
        }
        return read;
    }

    private byte[] middle() {
        return Arrays.copyOfRange(data, data.length / 2, data.length / 2 + 4096);
    }

    @Test
    void readThatWaitsForASilentRegistryIsServedByTheSwitch() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean isHeld = new AtomicBoolean();
        downloads.longestYield(Duration.ZERO).beginWhen(isHeld::get);
        try (ImageService service = lab.patientService(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            Future<byte[]> read = heldRead(threads, device, release);
            isHeld.set(true);
            assertArrayEquals(middle(), read.get());
            assertEquals(1, release.getCount(), "the registry is silent still");
            downloads.await(DownloadState.COMMITTED, 1);
            release.countDown();
        } finally {
            isHeld.set(true);
            release.countDown();
            threads.shutdown();
        }
    }

    @Test
    void readsOnDemandGoFirst() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean isHeld = new AtomicBoolean();
        downloads.longestYield(Duration.ofHours(1)).beginWhen(isHeld::get);
        try (ImageService service = lab.patientService(UNIT_BYTES, downloads.on());
                BlockDevice device = service.open(config)) {
            Future<byte[]> read = heldRead(threads, device, release);
            isHeld.set(true);
            downloads.awaitStandingBack();
            assertEquals(0, service.downloads().bytesFetched());
            release.countDown();
            assertArrayEquals(middle(), read.get());
            downloads.await(DownloadState.COMMITTED, 1);
        } finally {
            isHeld.set(true);
            release.countDown();
            threads.shutdown();
        }
    }

    @Test
    void imagesOfOneLayerDownloadItOnce() throws Exception {
        try (ImageService service = lab.service(UNIT_BYTES, downloads.on());
                BlockDevice one = service.open(config);
                BlockDevice other = service.open(config)) {
            downloads.await(DownloadState.COMMITTED, 1);
            lab.proxy.close();
            assertArrayEquals(data, LayerFiles.bytes(one));
            assertArrayEquals(data, LayerFiles.bytes(other));
            assertTrue(service.downloads().bytesFetched() <= blob.length);
        }
    }

    @Test
    void imageThatIsClosedEndsItsDownloadAndTheNextGoesOn() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (ImageService service = lab.patientService(UNIT_BYTES, downloads.on())) {
            String middle = "bytes=" + DownloadLab.BLOCK_BYTES * 10 + "-";
            lab.proxy.next(r -> r.isRanged() && r.range().startsWith(middle), new Fault.Hold(never, null));
            BlockDevice device = service.open(config);
            while (lab.proxy.count(r -> r.isRanged() && r.range().startsWith(middle)) == 0) {
                Thread.onSpinWait();
            }
            device.close();
            assertEquals(1, downloads.count(DownloadState.STOPPED));
            assertEquals(List.of(), service.downloads().downloads());
            assertEquals(DownloadLab.BLOCK_BYTES * 10, Files.size(partial));
            long before =
                    service.downloads().bytesFetched() + service.downloads().bytesFromCache();
            try (BlockDevice again = service.open(config)) {
                downloads.await(DownloadState.COMMITTED, 1);
                assertArrayEquals(data, LayerFiles.bytes(again));
                assertArrayEquals(blob, Files.readAllBytes(committed));
            }
            long after =
                    service.downloads().bytesFetched() + service.downloads().bytesFromCache();
            assertEquals(blob.length - DownloadLab.BLOCK_BYTES * 10, after - before);
        } finally {
            never.countDown();
        }
    }
}
