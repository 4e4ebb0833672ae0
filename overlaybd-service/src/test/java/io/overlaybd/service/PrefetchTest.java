package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.prefetch.Trace;
import io.overlaybd.service.prefetch.TraceRead;
import io.overlaybd.testing.LeakGuard;
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
import java.util.concurrent.CountDownLatch;
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

    /** The first refill unit and the last two, one of which is cut short. */
    private static long attachedBytes() {
        return 2L * UNIT_BYTES + blob.length % UNIT_BYTES;
    }

    /** Waits for the last of the requests that a replay makes; that it comes is what is tested. */
    private void awaitBytes(ImageService service, long bytes) {
        while (service.metrics().bytesFromUpstream() < bytes) {
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
        int headerBytes = 4096;
        List<TraceRead> last = reads.subList(reads.size() - 3, reads.size());
        assertEquals(
                List.of(
                        new TraceRead(0, headerBytes + 5 * MIB, 4096),
                        new TraceRead(0, headerBytes + 3 * MIB, 8192),
                        new TraceRead(0, headerBytes + 5 * MIB + 20480, 4096)),
                last);
        assertTrue(reads.contains(new TraceRead(0, 0, headerBytes)), "the layer's header as well");
    }

    @Test
    void replayBringsWhatWasReadAndNoMore() throws IOException {
        record();
        emptyTheCache();
        lab.proxy.reset();
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(tracedImage())) {
            int threeReadsBytes = 64 << 10; // in units of 16 KiB, with one between the first and the third read
            awaitBytes(service, attachedBytes() + threeReadsBytes);
            lab.proxy.always(Request::isRanged, Fault.status(404));
            read(device, 5 * MIB, 4096);
            read(device, 3 * MIB, 8192);
            read(device, 5 * MIB + 20480, 4096);
            assertEquals(attachedBytes() + threeReadsBytes, service.metrics().bytesFromUpstream());
            assertEquals(4, lab.proxy.requests().size(), lab.proxy.requests()::toString);
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
            awaitBytes(service, attachedBytes() + (16 << 10));
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
