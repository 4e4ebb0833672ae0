package io.overlaybd.registry;

import static io.overlaybd.registry.Clients.assertFails;
import static io.overlaybd.registry.Clients.assertReads;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.FaultProxy.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads from a real registry, through a proxy that counts and fails. */
class RegistryBlobTest {

    private static final byte[] CONTENT = Clients.bytes(300_007);
    private static DockerRegistry registry;

    private final ManualTime time = new ManualTime();
    private final FaultProxy proxy = FaultProxy.to(registry.address());
    private final RegistryClient client = RegistryClient.open(Clients.options(time)
            .timeouts(Duration.ofSeconds(5), Duration.ofMillis(500))
            .build());
    private final RegistryBlob blob = Clients.blob(client, proxy.url(), CONTENT);

    @BeforeAll
    static void startRegistry() {
        registry = DockerRegistry.anonymous();
        registry.storeBlob("team/app", CONTENT);
        registry.storeBlob("team/app", new byte[0]);
    }

    @AfterAll
    static void stopRegistry() {
        if (registry != null) {
            registry.close();
        }
    }

    @AfterEach
    void close() {
        client.close();
        proxy.close();
    }

    @Test
    void coldReadIsOneRangedGet() throws IOException {
        assertReads(blob, CONTENT, 4096, 65536);
        List<Request> requests = proxy.requests();
        assertEquals(1, requests.size(), requests::toString);
        assertEquals("GET", requests.get(0).method());
        assertEquals("bytes=4096-69631", requests.get(0).range());
        assertEquals(null, requests.get(0).authorization());
    }

    @Test
    void readsShareAConnection() throws IOException {
        for (int i = 0; i < 10; i++) {
            assertReads(blob, CONTENT, i * 30_000, 30_000);
        }
        assertEquals(10, proxy.requests().size());
        assertEquals(1, proxy.connections());
    }

    @Test
    void readAcrossTheEndStopsThere() throws IOException {
        assertReads(blob, CONTENT, CONTENT.length - 7, 100);
        assertEquals(1, proxy.requests().size());
    }

    @Test
    void readBeyondTheEndFillsNothingAndTellsTheLength() throws IOException {
        assertReads(blob, CONTENT, CONTENT.length, 10);
        assertReads(blob, CONTENT, CONTENT.length + 5, 10);
        assertEquals(CONTENT.length, blob.fetch(Long.MAX_VALUE - 2, ByteBuffer.allocate(10)));
        assertEquals(1, proxy.count(Request::isRanged));
    }

    @Test
    void emptyReadTellsTheLength() throws IOException {
        assertEquals(CONTENT.length, blob.fetch(0, ByteBuffer.allocate(0)));
        assertThrows(IllegalArgumentException.class, () -> blob.fetch(-1, ByteBuffer.allocate(1)));
    }

    @Test
    void emptyBlobIsReadable() throws IOException {
        assertReads(Clients.blob(client, proxy.url(), new byte[0]), new byte[0], 0, 10);
    }

    @Test
    void shortBodyIsResumedWhereItStopped() throws IOException {
        proxy.next(Request::isRanged, Fault.cut(10_000), Fault.cut(1));
        assertReads(blob, CONTENT, 0, 65536);
        assertEquals(
                List.of("bytes=0-65535", "bytes=10000-65535", "bytes=10001-65535"),
                proxy.requests().stream().map(Request::range).toList());
        assertEquals(1, time.sleeps().size(), "the first resume has no pause");
    }

    @Test
    void whatArrivesIsToldOnceHoweverOftenItIsResumed() throws IOException {
        proxy.next(Request::isRanged, Fault.cut(10_000));
        List<Integer> pieces = new ArrayList<>();
        ByteBuffer dst = ByteBuffer.allocate(65536);
        blob.fetch(0, dst, pieces::add);
        assertEquals(65536, pieces.stream().mapToInt(Integer::intValue).sum());
        assertTrue(pieces.size() > 1, "in pieces, not at the end");
    }

    @Test
    void stalledBodyIsResumedAfterTheTimeOut() throws IOException {
        proxy.next(Request::isRanged, Fault.stallAfter(10_000));
        assertReads(blob, CONTENT, 0, 65536);
        assertEquals("bytes=10000-65535", proxy.requests().get(1).range());
    }

    @Test
    void lengthInAWrongRangeIsNotBelieved() throws IOException {
        proxy.next(Request::isRanged, Fault.headers("Content-Range", "bytes 1-2/3"));
        assertReads(blob, CONTENT, 0, 65536);
        assertEquals(2, proxy.requests().size());
    }

    @Test
    void silentServerIsAskedAgain() throws IOException {
        proxy.next(Request::isRanged, new Fault.Stall());
        assertReads(blob, CONTENT, 0, 100);
        assertEquals(2, proxy.requests().size());
    }

    @Test
    void resetIsTriedAgain() throws IOException {
        proxy.next(Request::isRanged, new Fault.Reset(), new Fault.Reset());
        assertReads(blob, CONTENT, 0, 100);
        assertEquals(3, proxy.requests().size());
        assertEquals(2, time.sleeps().size());
    }

    @Test
    void serverErrorIsTriedAgainWithGrowingPauses() throws IOException {
        proxy.next(Request::isRanged, Fault.status(500), Fault.status(503), Fault.status(502));
        assertReads(blob, CONTENT, 0, 100);
        assertEquals(4, proxy.requests().size());
        assertEquals(3, time.sleeps().size());
        assertTrue(time.sleeps().get(2).compareTo(time.sleeps().get(0)) > 0, time.sleeps()::toString);
    }

    @Test
    void serverErrorThatStaysIsReportedAfterTheLastAttempt() {
        proxy.always(Request::isRanged, Fault.status(503));
        RegistryException failure = assertFails(Kind.UNAVAILABLE, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertEquals(503, failure.status());
        assertEquals(5, failure.attempts());
        assertEquals(5, proxy.requests().size());
    }

    @Test
    void tooManyRequestsWaitsAsLongAsAsked() throws IOException {
        proxy.next(Request::isRanged, Fault.status(429, "Retry-After", "7"));
        assertReads(blob, CONTENT, 0, 100);
        assertTrue(time.sleeps().get(0).compareTo(Duration.ofSeconds(7)) >= 0);
        assertEquals(2, proxy.requests().size());
    }

    @Test
    void tooManyRequestsForAnHourGivesUpAtOnce() {
        proxy.always(Request::isRanged, Fault.status(429, "Retry-After", "3600"));
        RegistryException failure = assertFails(Kind.RATE_LIMITED, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertEquals(1, proxy.requests().size());
        assertTrue(failure.getMessage().contains("3600 s"), failure::getMessage);
    }

    @Test
    void absentBlobFailsAtOnceWithTheRegistrysReason() {
        RegistryBlob absent = Clients.blob(client, proxy.url(), new byte[] {1});
        RegistryException failure = assertFails(Kind.NOT_FOUND, () -> absent.fetch(0, ByteBuffer.allocate(10)));
        assertEquals(1, proxy.requests().size());
        assertEquals(404, failure.status());
        assertTrue(failure.getMessage().contains("(BLOB_UNKNOWN)"), failure::getMessage);
        assertTrue(failure.getMessage().contains(proxy.host()), failure::getMessage);
    }

    @Test
    void forbiddenFailsAtOnce() {
        proxy.always(Request::isRanged, Fault.status(403));
        assertFails(Kind.FORBIDDEN, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertEquals(1, proxy.requests().size());
    }

    @Test
    void wholeBlobInAnswerToARangeIsNeverTaken() throws IOException {
        proxy.next(Request::isRanged, Fault.ignoreRange());
        assertReads(blob, CONTENT, 4096, 100);
        assertEquals(2, proxy.requests().size());

        proxy.always(Request::isRanged, Fault.ignoreRange());
        ByteBuffer dst = ByteBuffer.allocate(100);
        RegistryException failure = assertFails(Kind.PROTOCOL, () -> blob.fetch(4096, dst));
        assertEquals(0, dst.position());
        assertEquals(2, failure.attempts());
    }

    @Test
    void wholeBlobIsTakenWhereAllOfItWasAskedFor() throws IOException {
        proxy.always(Request::isRanged, Fault.ignoreRange());
        assertReads(blob, CONTENT, 0, CONTENT.length + 10);
        assertEquals(1, proxy.requests().size());
    }

    @Test
    void wrongContentRangeIsNeverTaken() {
        for (String wrong : List.of("bytes 1-100/300007", "bytes 0-98/300007", "bytes 0-99", "items 0-99/300007", "")) {
            proxy.reset();
            proxy.always(Request::isRanged, Fault.headers("Content-Range", wrong));
            ByteBuffer dst = ByteBuffer.allocate(100);
            assertFails(Kind.PROTOCOL, () -> blob.fetch(0, dst));
            assertEquals(0, dst.position(), wrong);
            assertEquals(2, proxy.requests().size(), wrong);
        }
    }

    @Test
    void lengthOfTheBlobMayNotChange() throws IOException {
        assertReads(blob, CONTENT, 0, 100);
        proxy.always(Request::isRanged, Fault.headers("Content-Range", "bytes 100-199/300008"));
        assertFails(Kind.PROTOCOL, () -> blob.fetch(100, ByteBuffer.allocate(100)));
    }

    @Test
    void encodedBytesAreNeverTaken() {
        proxy.always(Request::isRanged, Fault.headers("Content-Encoding", "gzip"));
        assertFails(Kind.PROTOCOL, () -> blob.fetch(0, ByteBuffer.allocate(100)));
    }

    @Test
    void unsaidLengthIsAskedForOnce() throws IOException {
        proxy.next(Request::isRanged, Fault.headers("Content-Range", "bytes 0-99/*"));
        assertReads(blob, CONTENT, 0, 100);
        assertReads(blob, CONTENT, 100, 100);
        assertEquals(
                List.of("GET", "HEAD", "GET"),
                proxy.requests().stream().map(Request::method).toList());
    }

    @Test
    void hintTellsTheLengthWhereNobodyElseDoes() throws IOException {
        proxy.always(Request::isRanged, Fault.headers("Content-Range", "bytes 0-99/*"));
        proxy.always(request -> request.method().equals("HEAD"), Fault.status(403));
        Repository repository = new Repository(proxy.url(), "team/app");
        RegistryBlob hinted = client.blob(repository, Digest.of(CONTENT), CONTENT.length);
        assertReads(hinted, CONTENT, 0, 100);
        RegistryBlob unhinted = client.blob(repository, Digest.of(CONTENT), -1);
        assertFails(Kind.FORBIDDEN, () -> unhinted.fetch(0, ByteBuffer.allocate(100)));
    }

    @Test
    void registryThatRestartsIsReadOn() throws IOException {
        RegistryBlob direct = Clients.blob(client, registry.url(), CONTENT);
        assertReads(direct, CONTENT, 0, 100);
        registry.restart();
        assertReads(direct, CONTENT, 100, 100);
    }

    @Test
    void registryThatIsDownIsSaidToBeDown() {
        proxy.close();
        RegistryException failure = assertFails(Kind.UNAVAILABLE, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertEquals(5, failure.attempts());
        assertFalse(time.sleeps().isEmpty());
    }

    @Test
    void deadlineBoundsTheWaiting() {
        proxy.always(Request::isRanged, Fault.status(503, "Retry-After", "16"));
        RegistryException failure = assertFails(Kind.UNAVAILABLE, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertEquals(2, failure.attempts(), "a second wait of 16 s does not fit into 30 s");
    }

    @Test
    void closedClientReadsNoMore() {
        client.close();
        client.close();
        IOException failure = assertThrows(IOException.class, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertTrue(failure.getMessage().contains("closed"), failure::getMessage);
        assertTrue(proxy.requests().isEmpty());
    }

    @Test
    void interruptEndsTheRetries() {
        proxy.always(Request::isRanged, Fault.status(503));
        Thread.currentThread().interrupt();
        assertThrows(IOException.class, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertTrue(Thread.interrupted());
        assertTrue(proxy.requests().size() <= 1);
    }
}
