package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.testing.LeakGuard;
import io.overlaybd.testing.Seeded;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.FaultProxy.Request;
import io.overlaybd.testing.registry.TestCertificates;
import io.overlaybd.testing.registry.TokenServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that fails in the middle of reads and of openings: right bytes or a clear error, after a few requests. */
@ExtendWith(Seeded.class)
class RegistryFaultsTest {

    private static final int BLOCK_BYTES = 4096 + 4; // of a ZFile, incompressible, with its checksum
    private static final int UNIT_BYTES = 64 << 10;
    private static final int SECTORS = 2000;

    /** Five attempts an operation; a kept connection that proves broken is replaced within an attempt. */
    private static final int MOST_REQUESTS = 2 * 5;

    private static DockerRegistry registry;

    @TempDir
    Path folder;

    private byte[] data;
    private byte[] blob;
    private RemoteLab lab;

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
        Path layer = LayerFiles.write(folder.resolve("layer"), Wrapping.TAR_ZFILE, SECTORS, 0, data);
        blob = Files.readAllBytes(layer);
        lab = new RemoteLab(folder, registry);
    }

    @AfterEach
    void close() {
        lab.close();
        new LeakGuard(folder).assertNoneOpen();
    }

    /** Faults that go away. */
    static Stream<Named<Fault[]>> passingFaults() {
        return Stream.of(
                Named.of("500 three times", new Fault[] {Fault.status(500), Fault.status(502), Fault.status(503)}),
                Named.of("429 without Retry-After", new Fault[] {Fault.status(429), Fault.status(429)}),
                Named.of("429 with Retry-After", new Fault[] {Fault.status(429, "Retry-After", "7")}),
                Named.of("reset", new Fault[] {new Fault.Reset()}),
                Named.of("truncated", new Fault[] {Fault.cut(1), Fault.cut(10_000)}),
                Named.of("stalled body", new Fault[] {Fault.stallAfter(10_000)}),
                Named.of("no answer", new Fault[] {new Fault.Stall()}),
                Named.of("another range", new Fault[] {Fault.headers("Content-Range", "bytes 1-2/3")}),
                Named.of("200 for a range", new Fault[] {Fault.ignoreRange()}));
    }

    @ParameterizedTest
    @MethodSource("passingFaults")
    void readOutlastsAFaultThatPasses(Fault[] faults) throws IOException {
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(lab.image(blob))) {
            lab.proxy.next(Request::isRanged, faults);
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @ParameterizedTest
    @MethodSource("passingFaults")
    void openingOutlastsAFaultThatPasses(Fault[] faults) throws IOException {
        Path config = lab.image(blob);
        lab.proxy.next(Request::isRanged, faults);
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(config)) {
            assertEquals("success", lab.result());
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @Test
    void retryAfterIsHonoured() throws IOException {
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(lab.image(blob))) {
            lab.proxy.next(Request::isRanged, Fault.status(429, "Retry-After", "7"));
            assertArrayEquals(data, LayerFiles.bytes(device));
            assertEquals(1, lab.time.sleeps().size());
            assertTrue(lab.time.sleeps().get(0).compareTo(Duration.ofSeconds(7)) >= 0, lab.time.sleeps()::toString);
        }
    }

    /** A fault that stays, and the words of the result file. */
    private record Lasting(String reason, Fault fault) {
        @Override
        public String toString() {
            return reason + " after " + fault;
        }
    }

    static Stream<Lasting> lastingFaults() {
        return Stream.of(
                new Lasting("Authentication failed", Fault.status(401, "WWW-Authenticate", "Basic realm=\"r\"")),
                new Lasting("Authentication failed", Fault.status(403)),
                new Lasting("No such file or directory", Fault.status(404)),
                new Lasting("Too many requests", Fault.status(429)),
                new Lasting("Too many requests", Fault.status(429, "Retry-After", "3600")),
                new Lasting("Unexpected response", Fault.status(500)),
                new Lasting("Connection failed", new Fault.Reset()),
                new Lasting("Connection failed", Fault.cut(0)),
                new Lasting("Get meta timedout", new Fault.Stall()),
                new Lasting("Unexpected response", Fault.ignoreRange()),
                new Lasting("Unexpected response", Fault.headers("Content-Range", "bytes 1-2/3")));
    }

    @ParameterizedTest
    @MethodSource("lastingFaults")
    void openingTellsAFaultThatStaysInTheWordsOfTheOriginal(Lasting lasting) throws IOException {
        Path config = lab.image(blob);
        lab.proxy.always(request -> true, lasting.fault);
        try (ImageService service = lab.service(UNIT_BYTES)) {
            assertThrows(IOException.class, () -> service.open(config));
            String url = lab.proxy.url() + "/v2/" + RemoteLab.REPOSITORY + "/blobs/" + Digest.of(blob);
            String expected = "failed:failed to open remote file " + url + ": " + lasting.reason + "; layer 0: ";
            assertTrue(lab.result().startsWith(expected), lab.result());
            assertFalse(lab.result().contains("\n"));
            assertFalse(lab.result().contains(DockerRegistry.PASSWORD));
            assertTrue(
                    lab.proxy.requests().size() <= MOST_REQUESTS,
                    () -> lab.proxy.requests().size() + " requests");
            lab.proxy.reset();
            lab.time.skip(Duration.ofSeconds(10));
            try (BlockDevice device = service.open(config)) {
                assertEquals("success", lab.result());
                assertArrayEquals(data, LayerFiles.bytes(device));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lastingFaults")
    void readFailsAsLongAsTheFaultStays(Lasting lasting) throws IOException {
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(lab.image(blob))) {
            lab.proxy.reset();
            lab.proxy.always(request -> true, lasting.fault);
            ByteBuffer dst = ByteBuffer.allocate(4096);
            IOException failure = assertThrows(IOException.class, () -> device.read(data.length / 2, dst));
            assertTrue(failure.getMessage().startsWith("layer 0 (" + lab.proxy.url()), failure.getMessage());
            assertTrue(
                    lab.proxy.requests().size() <= MOST_REQUESTS,
                    () -> lab.proxy.requests().size() + " requests");
            lab.proxy.reset();
            lab.time.skip(Duration.ofSeconds(10));
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 8})
    void wrongBytesAreDroppedAndReadAgain(int requestsBefore, Random random) throws IOException {
        Path config = lab.image(blob);
        Fault[] flips = random.ints(3, 0, 4096).mapToObj(Fault::flip).toArray(Fault[]::new);
        int[] count = {0};
        lab.proxy.next(request -> request.isRanged() && count[0]++ >= requestsBefore, flips[0]);
        lab.proxy.next(request -> count[0] > requestsBefore + 1, flips[1]);
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(config)) {
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(config)) {
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @Test
    void wrongBytesForEverAreAnErrorAndNeverData(Random random) throws IOException {
        Path config = lab.image(blob);
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(config)) {
            lab.proxy.reset();
            byte[] wrong = blob.clone(); // in every block, from wherever it is fetched again
            for (int at = random.nextInt(BLOCK_BYTES / 2); at < wrong.length; at += BLOCK_BYTES / 2) {
                wrong[at] ^= 1;
            }
            lab.proxy.always(request -> true, new Fault.Content(wrong));
            ByteBuffer dst = ByteBuffer.allocate(data.length);
            assertThrows(IOException.class, () -> device.read(0, dst));
            assertTrue(
                    lab.proxy.requests().size() < 40, () -> lab.proxy.requests().size() + " requests");
        }
    }

    @Test
    void blobThatIsNoLayerIsReadTwiceAndTold() throws IOException {
        byte[] noLayer = new byte[300_000];
        Arrays.fill(noLayer, (byte) 'x');
        Path config = lab.image(noLayer);
        try (ImageService service = lab.service(UNIT_BYTES)) {
            assertThrows(IOException.class, () -> service.open(config));
            assertTrue(lab.result().startsWith("failed:failed to open switch file " + lab.proxy.url()), lab.result());
            assertTrue(lab.result().endsWith("push this layer again"), lab.result());
            assertTrue(
                    lab.proxy.requests().size() <= 2 * 3,
                    () -> lab.proxy.requests().size() + " requests");
        }
    }

    @Test
    void registryThatRestartsIsAskedAgain() throws IOException {
        try (DockerRegistry own = DockerRegistry.anonymous();
                RemoteLab before = new RemoteLab(folder, own);
                ImageService service = before.service(UNIT_BYTES);
                BlockDevice device = service.open(before.image(blob))) {
            own.stop();
            ByteBuffer dst = ByteBuffer.allocate(4096);
            assertThrows(IOException.class, () -> device.read(data.length / 2, dst));
            own.restart();
            assertArrayEquals(data, LayerFiles.bytes(device));
        }
    }

    @Test
    void stormOfRefusalsIsMetWithFewRequests() throws Exception {
        try (ImageService service = lab.service(UNIT_BYTES);
                BlockDevice device = service.open(lab.image(blob))) {
            lab.proxy.reset();
            lab.proxy.always(request -> true, Fault.status(401, "WWW-Authenticate", "Basic realm=\"r\""));
            ExecutorService readers = Executors.newFixedThreadPool(8);
            try {
                List<Callable<IOException>> reads = IntStream.range(0, 100)
                        .<Callable<IOException>>mapToObj(i -> () -> assertThrows(
                                IOException.class, () -> device.read(i * 4096L + 200_000, ByteBuffer.allocate(4096))))
                        .toList();
                for (Future<IOException> read : readers.invokeAll(reads)) {
                    assertTrue(read.get().getMessage().contains("the password is refused"), read.get()::getMessage);
                }
            } finally {
                readers.shutdownNow();
            }
            // Each reader may be under way when the first refusal comes; nobody asks for a while after it.
            assertTrue(
                    lab.proxy.requests().size() <= 2 * 8,
                    () -> lab.proxy.requests().size() + " requests");
        }
    }

    @Test
    void redirectToAnotherHostNeverShowsItThePassword() throws IOException {
        try (DockerRegistry withPassword = DockerRegistry.withPassword();
                RemoteLab before = new RemoteLab(folder, withPassword);
                FaultProxy store = FaultProxy.standalone("127.0.0.2")) {
            store.always(request -> true, new Fault.Content(blob));
            Path config = before.image(blob);
            before.proxy.always(Request::isAuthorized, Fault.redirect(307, store.url() + "/blob?signature=secret"));
            try (ImageService service = before.service(UNIT_BYTES);
                    BlockDevice device = service.open(config)) {
                assertArrayEquals(data, LayerFiles.bytes(device));
            }
            assertTrue(before.proxy.count(Request::isAuthorized) > 0);
            assertTrue(store.count(Request::isRanged) > 0);
            assertEquals(0, store.count(Request::isAuthorized));
        }
    }

    @Test
    void tokenThatExpiresBetweenReadsIsReplacedOnce() throws IOException {
        try (TokenServer tokens = new TokenServer();
                DockerRegistry withTokens = DockerRegistry.withTokens(tokens.realm());
                RemoteLab before = new RemoteLab(folder, withTokens).patient();
                ImageService service = before.service(UNIT_BYTES);
                BlockDevice device = service.open(before.image(blob))) {
            assertEquals(1, tokens.requests().size());
            assertEquals(1, service.metrics().tokenRequests());
            before.time.skip(Duration.ofHours(1));
            assertArrayEquals(data, LayerFiles.bytes(device));
            assertEquals(2, tokens.requests().size());
        }
    }

    @Test
    void tokenThatTheRegistryRefusesIsReplacedOnce() throws IOException {
        try (TokenServer tokens = new TokenServer();
                DockerRegistry withTokens = DockerRegistry.withTokens(tokens.realm());
                RemoteLab before = new RemoteLab(folder, withTokens).patient()) {
            Path config = before.image(blob);
            tokens.issueExpired(1);
            try (ImageService service = before.service(UNIT_BYTES);
                    BlockDevice device = service.open(config)) {
                assertEquals(2, tokens.requests().size());
                assertArrayEquals(data, LayerFiles.bytes(device));
                assertEquals(2, tokens.requests().size());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void certificateMustBeOfTheHostThatWasAsked(boolean isRight) throws IOException {
        TestCertificates certificates = TestCertificates.shared();
        SSLContext identity = isRight ? certificates.server() : certificates.wrongName();
        lab.image(blob);
        try (FaultProxy secure = FaultProxy.tls(registry.address(), identity, false);
                ImageService service = ImageService.open(GlobalConfigs.of("{\"cacheConfig\":{\"cacheType\":\"file\","
                        + "\"cacheDir\":\"" + lab.cacheDirectory() + "\"},\"certConfig\":{\"caFile\":\""
                        + certificates.caFile() + "\"}}"))) {
            Path config = lab.config(secure.url(), blob);
            if (isRight) {
                try (BlockDevice device = service.open(config)) {
                    assertArrayEquals(data, LayerFiles.bytes(device));
                }
            } else {
                IOException failure = assertThrows(IOException.class, () -> service.open(config));
                assertTrue(failure.getMessage().contains("certificate"), failure::getMessage);
                assertTrue(lab.result().contains(": Connection failed; layer 0: "), lab.result());
                assertEquals(0, secure.requests().size());
            }
        }
    }
}
