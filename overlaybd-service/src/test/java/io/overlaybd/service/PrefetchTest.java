package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.StoredRange;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.prefetch.Trace;
import io.overlaybd.service.prefetch.TraceRead;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy.Request;
import io.overlaybd.zfile.ZFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Traces of an image in a real registry: recorded in one start, replayed in another. */
@Timeout(60)
class PrefetchTest {

    private static final int UNIT_BYTES = 256 << 10;
    private static final int DATA_BYTES = 8 << 20;
    private static final int MIB = 1 << 20;
    private static final int HEADER_BYTES = 4096;

    /** What the cache fetches one by one if it knows that no more is wanted. */
    private static final int KEPT_BYTES = 8 << 10;

    private static DockerRegistry registry;
    private static byte[] data;
    private static byte[] blob;

    @TempDir
    Path folder;

    private RemoteLab lab;
    private Path trace;

    @BeforeAll
    static void startRegistry(@TempDir Path layers) throws IOException {
        registry = DockerRegistry.anonymous();
        data = new byte[DATA_BYTES];
        new Random(3).nextBytes(data);
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
    void openLab() throws IOException {
        lab = new RemoteLab(folder, registry);
        trace = Files.createFile(folder.resolve("trace"));
    }

    @AfterEach
    void nothingIsLeft() {
        lab.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    private Path imageWith(String key) throws IOException {
        Path config = lab.image(blob);
        String json = Files.readString(config);
        return Files.writeString(config, json.substring(0, json.length() - 1) + "," + key + "}");
    }

    private Path tracedImage() throws IOException {
        return imageWith("\"recordTracePath\":\"" + trace + "\"");
    }

    private Path beside(String suffix) {
        return trace.resolveSibling(trace.getFileName() + suffix);
    }

    private static void read(BlockDevice device, int offsetBytes, int lengthBytes) throws IOException {
        byte[] bytes = new byte[lengthBytes];
        device.read(offsetBytes, ByteBuffer.wrap(bytes));
        assertArrayEquals(Arrays.copyOfRange(data, offsetBytes, offsetBytes + lengthBytes), bytes);
    }

    private void record() throws IOException {
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(tracedImage())) {
            assertTrue(Files.exists(beside(".lock")));
            read(device, 5 * MIB, 4096);
            read(device, 3 * MIB, 8192);
            read(device, 5 * MIB + 20480, 4096);
            assertEquals(0, Files.size(trace), "nothing is written before the end");
        }
    }

    private void write(List<TraceRead> reads) throws IOException {
        ByteBuffer bytes = new Trace(reads).encode();
        Files.write(trace, Arrays.copyOf(bytes.array(), bytes.remaining()));
    }

    private void emptyTheCache() throws IOException {
        for (Path directory : List.of(lab.cacheDirectory(), folder.resolve("cache.presence"))) {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The ends of the blob, as who knows what will be read next asks for them: in whole units but for the end. */
    private static long attachedBytes() {
        long tailStart = blob.length - BlobEnds.TOGETHER.tailBytes(blob.length, UNIT_BYTES);
        return BlobEnds.TOGETHER.headBytes(blob.length, UNIT_BYTES) + blob.length - tailStart / KEPT_BYTES * KEPT_BYTES;
    }

    /** What is fetched for the blocks of a range of the layer's data. */
    private static long unitsBytes(int offsetBytes, int lengthBytes) throws IOException {
        try (BlobSource plain = ZFile.open(TarWrapper.unwrap(new MemorySource("blob", blob)))) {
            StoredRange range = plain.stored(HEADER_BYTES + offsetBytes, lengthBytes);
            long start = range.offsetBytes() / KEPT_BYTES * KEPT_BYTES;
            long end = (range.endBytes() + KEPT_BYTES - 1) / KEPT_BYTES * KEPT_BYTES;
            return end - start;
        }
    }

    /** Waits for the last of the requests that a replay makes; that it comes is what is tested. */
    private void awaitBytes(ImageService service, long bytes) {
        while (service.metrics().bytesFromUpstream() < bytes) {
            assertFalse(Thread.interrupted(), () -> "fetched so far: " + service.metrics() + ", of " + bytes);
            Thread.onSpinWait();
        }
    }

    @Test
    void readsAreRecordedUntilTheImageIsClosed() throws IOException {
        record();
        assertFalse(Files.exists(beside(".lock")));
        assertTrue(Files.exists(beside(".ok")));
        List<TraceRead> reads =
                Trace.parse("trace", ByteBuffer.wrap(Files.readAllBytes(trace))).reads();
        List<TraceRead> last = reads.subList(reads.size() - 3, reads.size());
        assertEquals(
                List.of(
                        new TraceRead(0, HEADER_BYTES + 5 * MIB, 4096),
                        new TraceRead(0, HEADER_BYTES + 3 * MIB, 8192),
                        new TraceRead(0, HEADER_BYTES + 5 * MIB + 20480, 4096)),
                last);
        assertTrue(reads.contains(new TraceRead(0, 0, HEADER_BYTES)), "the layer's header as well");
    }

    @Test
    void replayBringsWhatWasReadAndNoMore() throws IOException {
        record();
        emptyTheCache();
        lab.proxy.reset();
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(tracedImage())) {
            long threeReadsBytes = unitsBytes(3 * MIB, 8192) + unitsBytes(5 * MIB, 24576); // with a gap in between
            awaitBytes(service, attachedBytes() + threeReadsBytes);
            lab.proxy.always(Request::isRanged, Fault.status(404));
            read(device, 5 * MIB, 4096);
            read(device, 3 * MIB, 8192);
            read(device, 5 * MIB + 20480, 4096);
            assertEquals(attachedBytes() + threeReadsBytes, service.metrics().bytesFromUpstream());
            assertEquals(4, lab.proxy.requests().size(), lab.proxy.requests()::toString);
        }
    }

    private static long metric(ImageService service, String name) {
        return new String(service.monitoring().page(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void metricsTellWhatAReplayBroughtAndWhatItDidNot() throws IOException {
        write(List.of(new TraceRead(0, 2 * MIB, 4096), new TraceRead(0, 6 * MIB, 4096)));
        try (ImageService service = lab.service(UNIT_BYTES)) {
            service.open(lab.image(blob)).close();
            lab.proxy.next(Request::isRanged, Fault.status(404));
            try (BlockDevice device = service.open(tracedImage())) {
                assertEquals(DATA_BYTES, device.sizeBytes());
                while (metric(service, "overlaybd_prefetch_replays") > 0) {
                    Thread.onSpinWait();
                }
            }
            assertEquals(2, metric(service, "overlaybd_prefetch_pieces_total"));
            assertEquals(1, metric(service, "overlaybd_prefetch_failed_pieces_total"));
            assertEquals(0, metric(service, "overlaybd_prefetch_given_up_total"));
            long bytes = metric(service, "overlaybd_prefetch_bytes_total");
            assertTrue(bytes == unitsBytes(2 * MIB, 4096) || bytes == unitsBytes(6 * MIB, 4096), "of the other one");
            assertEquals(bytes, metric(service, "overlaybd_cache_fetched_ahead_bytes_total"));
        }
    }

    @Test
    void bothEndsOfATracedLayerAreUnderWayAtOnce() throws IOException {
        write(List.of(new TraceRead(0, 2 * MIB, 4096)));
        Path config = tracedImage();
        CountDownLatch bothAreThere = new CountDownLatch(2);
        Predicate<Request> counted = request -> {
            bothAreThere.countDown();
            return request.isRanged();
        };
        lab.proxy.next(counted, new Fault.Hold(bothAreThere, null), new Fault.Hold(bothAreThere, null));
        try (ImageService service = lab.patientService(UNIT_BYTES, DownloadLab.off());
                BlockDevice device = service.open(config)) {
            read(device, 2 * MIB, 4096);
            assertEquals(0, bothAreThere.getCount());
        }
    }

    @Test
    void wrongSizeInTheConfigCostsATracedImageNothingButRequests() throws IOException {
        write(List.of(new TraceRead(0, 2 * MIB, 4096)));
        Path config = tracedImage();
        for (int wrong : List.of(blob.length - 1, blob.length + 1, UNIT_BYTES, Integer.MAX_VALUE)) {
            Files.writeString(config, Files.readString(config).replaceFirst("\"size\":[0-9]++", "\"size\":" + wrong));
            try (ImageService service = lab.service(UNIT_BYTES);
                    BlockDevice device = service.open(config)) {
                read(device, 0, DATA_BYTES);
            }
            emptyTheCache();
        }
    }

    @Test
    void accelerationLayerIsNotStackedButReplayed() throws IOException {
        write(List.of(new TraceRead(0, 4 * MIB, 4096)));
        Path config = lab.image(blob);
        String json = Files.readString(config)
                .replace(
                        "],\"resultFile\"", ",{\"dir\":\"" + folder + "\"}],\"accelerationLayer\":true,\"resultFile\"");
        Files.writeString(config, json);
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(config)) {
            awaitBytes(service, attachedBytes() + unitsBytes(4 * MIB, 4096));
            assertEquals(DATA_BYTES, device.sizeBytes());
            read(device, 0, MIB);
        }
    }

    @Test
    void uselessTracesAreNoReasonNotToOpen() throws IOException {
        for (String text : List.of("\u0018 ï", "garbage\n", "/etc/../x\n", "\0\0\0")) {
            Files.writeString(trace, text);
            try (ImageService service = lab.service(UNIT_BYTES);
                    BlockDevice device = service.open(tracedImage())) {
                read(device, 0, 4096);
            }
        }
        write(List.of(
                new TraceRead(99, 0, 1 << 30),
                new TraceRead(0, Long.MAX_VALUE - 5, 5),
                new TraceRead(0, 0, Long.MAX_VALUE),
                new TraceRead(0, 4096, 1)));
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(tracedImage())) {
            read(device, 0, 4096);
        }
    }

    @Test
    void readerDoesNotWaitForAReplayThatIsStuck() throws IOException {
        write(List.of(new TraceRead(0, 2 * MIB, 4096), new TraceRead(0, 4 * MIB, 4096)));
        CountDownLatch never = new CountDownLatch(1);
        Path config = tracedImage();
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice warm = service.open(lab.image(blob))) {
            lab.proxy.next(Request::isRanged, new Fault.Hold(never, null), new Fault.Hold(never, null));
            Files.writeString(config, Files.readString(tracedImage()));
            try (BlockDevice device = service.open(config)) {
                while (lab.proxy.requests().size() < 4) {
                    Thread.onSpinWait();
                }
                read(device, 6 * MIB, 4096);
            }
            never.countDown();
            read(warm, 2 * MIB, 4096);
        }
    }

    @Test
    void deletedLockEndsTheRecording() throws IOException {
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(tracedImage())) {
            read(device, MIB, 4096);
            Files.delete(beside(".lock"));
            while (Files.notExists(beside(".ok"))) {
                Thread.onSpinWait();
            }
            byte[] written = Files.readAllBytes(trace);
            assertTrue(Trace.hasMagic(ByteBuffer.wrap(written)));
            read(device, 2 * MIB, 4096);
            assertArrayEquals(written, Files.readAllBytes(trace));
        }
    }

    @Test
    void nothingIsLeftOfARecordingWhoseImageDoesNotOpen() throws IOException {
        Path config = tracedImage();
        lab.proxy.always(request -> true, Fault.status(404));
        try (ImageService service = lab.service(UNIT_BYTES)) {
            org.junit.jupiter.api.Assertions.assertThrows(IOException.class, () -> service.open(config));
        }
        assertFalse(Files.exists(beside(".lock")));
        assertFalse(Files.exists(beside(".ok")));
        assertEquals(0, Files.size(trace));
    }
}
