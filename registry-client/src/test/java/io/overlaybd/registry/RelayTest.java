package io.overlaybd.registry;

import static io.overlaybd.registry.Clients.ALICE;
import static io.overlaybd.registry.Clients.assertFails;
import static io.overlaybd.registry.Clients.assertReads;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.registry.relay.Relay;
import io.overlaybd.registry.relay.RelayMetrics;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.FaultProxy.Request;
import io.overlaybd.testing.registry.TokenServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads through proxies and mirrors before a real registry that wants tokens. */
class RelayTest {

    private static final byte[] CONTENT = Clients.bytes(100_000);
    private static final String BLOB = "/v2/team/app/blobs/" + Digest.of(CONTENT);
    private static DockerRegistry registry;
    private static TokenServer tokens;

    private final ManualTime time = new ManualTime();
    private final FaultProxy origin = FaultProxy.to(registry.address());
    private final FaultProxy relay = FaultProxy.standalone("127.0.0.2").always(r -> true, new Fault.Content(CONTENT));
    private Duration readTimeout = Duration.ofSeconds(20);
    private RegistryClient client;

    @BeforeAll
    static void startRegistry() {
        tokens = new TokenServer();
        registry = DockerRegistry.withTokens(tokens.realm());
        registry.storeBlob("team/app", CONTENT);
    }

    @AfterAll
    static void stopRegistry() {
        if (registry != null) {
            registry.close();
        }
        tokens.close();
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
        origin.close();
        relay.close();
    }

    private RegistryBlob blob(Relay... relays) {
        client = RegistryClient.open(Clients.options(time)
                .timeouts(Duration.ofSeconds(5), readTimeout)
                .credentials(ALICE)
                .relays(List.of(relays))
                .build());
        return reopened();
    }

    private RegistryBlob reopened() {
        return client.blob(new Repository(origin.url(), "team/app"), Digest.of(CONTENT), CONTENT.length);
    }

    private Relay p2p() {
        return Relay.proxy(relay.url() + "/dadip2p/");
    }

    private Relay mirror(FaultProxy of, boolean forwards, Map<String, String> headers) {
        return new Relay(Relay.Kind.MIRROR, of.url(), origin.host(), forwards, headers);
    }

    private RelayMetrics metrics() {
        return client.metrics().relays().get(0);
    }

    @Test
    void proxyIsAskedForTheWholeUrlAndTheRegistryForNothing() throws IOException {
        assertReads(blob(p2p()), CONTENT, 10, 1000);
        assertEquals("/dadip2p/" + origin.url() + BLOB, relay.requests().get(0).path());
        assertEquals("bytes=10-1009", relay.requests().get(0).range());
        assertFalse(relay.requests().get(0).isAuthorized());
        assertEquals(0, origin.requests().size());
        assertEquals(1, metrics().requests());
    }

    @Test
    void proxyThatIsRefusedIsShownTheTokenOnceTheRegistryAskedForIt() throws IOException {
        relay.reset();
        relay.always(
                request -> !request.isAuthorized(),
                Fault.status(401, "WWW-Authenticate", "Bearer realm=\"http://evil.test\""));
        relay.always(request -> true, new Fault.Content(CONTENT));
        RegistryBlob blob = blob(p2p());
        assertReads(blob, CONTENT, 0, 1000);
        assertEquals(2, origin.requests().size(), "challenge and read");
        assertReads(blob, CONTENT, 1000, 1000);
        assertTrue(relay.requests().get(1).authorization().startsWith("Bearer "));
        assertEquals(2, origin.requests().size());
    }

    @Test
    void proxyElsewhereWithoutEncryptionSeesNoToken() {
        assertTrue(Relay.proxy("localhost:1/x").mayBeShownCredentials());
        assertTrue(Relay.proxy("http://127.1.2.3").mayBeShownCredentials());
        assertTrue(Relay.proxy("https://p2p.test").mayBeShownCredentials());
        assertFalse(Relay.proxy("http://p2p.test").mayBeShownCredentials());
        assertFalse(Relay.proxy("http://127.0.0.1.p2p.test").mayBeShownCredentials());
    }

    @Test
    void redirectsThatTheProxyHandsOnGoThroughItWithoutTheToken() throws IOException {
        String store = "https://store.test/blob?signature=s%2B1";
        RegistryBlob blob = blob(p2p());
        relay.reset();
        relay.always(request -> !request.isAuthorized() && request.path().contains("/v2/"), Fault.status(401));
        relay.always(Request::isAuthorized, Fault.redirect(307, store));
        relay.always(request -> request.path().endsWith("/dadip2p/" + store), new Fault.Content(CONTENT));
        assertReads(blob, CONTENT, 0, 10);
        assertReads(blob, CONTENT, 10, 10);
        assertReads(blob, CONTENT, 20, 10);
        List<Request> asked = relay.requests();
        assertEquals(4, asked.size(), "refused; registry and store; store");
        assertFalse(asked.get(2).isAuthorized());
        assertEquals("/dadip2p/" + store, asked.get(3).path());
    }

    static Stream<Fault> failures() {
        return Stream.of(
                new Fault.Reset(),
                new Fault.Stall(),
                Fault.status(502),
                Fault.status(429),
                Fault.status(200),
                Fault.status(206, "Content-Range", "bytes 0-999/1000"),
                Fault.status(416, "Content-Range", "bytes */1000"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void relayThatFailsIsLeftAloneForAWhileAndTheRegistryIsAsked(Fault fault) throws IOException {
        relay.reset();
        relay.always(request -> true, fault);
        readTimeout = fault instanceof Fault.Stall ? Duration.ofSeconds(2) : readTimeout;
        RegistryBlob blob = blob(p2p());
        assertReads(blob, CONTENT, 0, 1000);
        assertReads(blob, CONTENT, 1000, 1000);
        assertEquals(1, relay.requests().size());
        assertFalse(metrics().works());
        assertTrue(time.sleeps().isEmpty(), "no pause before the registry");

        time.advance(Duration.ofSeconds(2));
        assertReads(blob, CONTENT, 2000, 1000);
        time.advance(Duration.ofMillis(1500));
        assertReads(blob, CONTENT, 3000, 1000);
        assertEquals(2, relay.requests().size(), "the second pause is longer");

        relay.reset();
        relay.always(request -> true, new Fault.Content(CONTENT));
        time.advance(Duration.ofSeconds(60));
        assertReads(blob, CONTENT, 4000, 1000);
        assertReads(blob, CONTENT, 5000, 1000);
        assertEquals(2, relay.requests().size());
        assertTrue(metrics().works());
    }

    @Test
    void relayThatBreaksOffIsHelpedOutFromWhereItStopped() throws IOException {
        FaultProxy half = FaultProxy.to(relay.address(), "127.0.0.2");
        try (half) {
            half.always(request -> true, Fault.cut(600));
            assertReads(blob(mirror(half, true, Map.of())), CONTENT, 0, 1000);
            assertTrue(origin.requests().stream()
                    .allMatch(request -> request.range().equals("bytes=600-999")));
        }
    }

    @Test
    void blobThatARelayDoesNotHaveIsNotAskedForThereForAMinute() throws IOException {
        relay.reset();
        RegistryBlob blob = blob(p2p());
        for (int i = 0; i < 5; i++) {
            assertReads(blob, CONTENT, i * 1000, 1000);
        }
        assertEquals(1, relay.requests().size());
        assertEquals(1, metrics().refusals());
        assertTrue(metrics().works());
        time.advance(Duration.ofSeconds(61));
        assertReads(blob, CONTENT, 0, 1000);
        assertEquals(2, relay.requests().size());
    }

    @Test
    void wrongBytesAreAskedOfTheRegistryNext() throws IOException {
        byte[] wrong = CONTENT.clone();
        wrong[0] ^= 1;
        relay.reset();
        relay.always(request -> true, new Fault.Content(wrong));
        RegistryBlob blob = blob(p2p());
        ByteBuffer dst = ByteBuffer.allocate(10);
        blob.fetch(0, dst);
        assertEquals(wrong[0], dst.get(0));
        blob.distrust();
        assertReads(blob, CONTENT, 0, 1000);
        time.advance(Duration.ofMinutes(5));
        assertReads(reopened(), CONTENT, 0, 1000);
        assertEquals(1, relay.requests().size());
        assertEquals(1, metrics().wrongBytes());
    }

    @Test
    void blobOfUnknownLengthIsReadFromTheRegistryFirst() throws IOException {
        RegistryBlob hinted = blob(p2p());
        RegistryBlob blob = Clients.blob(client, origin.url(), CONTENT);
        assertReads(blob, CONTENT, 0, 1000);
        assertEquals(0, relay.requests().size());
        assertReads(blob, CONTENT, 1000, 1000);
        assertReads(hinted, CONTENT, 0, 1000);
        assertEquals(2, relay.requests().size());
    }

    @Test
    void mirrorIsAskedAsContainerdDoesAndHasHeadersOfItsOwn() throws IOException {
        Relay mirror = mirror(relay, false, Map.of("X-Dragonfly-Registry", origin.url()));
        assertReads(blob(mirror), CONTENT, 0, 1000);
        String ns = origin.host().replace(":", "%3A");
        assertEquals(BLOB + "?ns=" + ns, relay.requests().get(0).path().replace(origin.host(), ns));
        assertEquals(0, origin.requests().size());
        assertFalse(mirror.toString().contains(origin.url()));
    }

    @Test
    void mirrorIsLetInByItsOwnCredentialsAndNeverSeesThoseOfTheRegistry() throws IOException {
        try (FaultProxy own = FaultProxy.to(registry.address())) {
            assertReads(blob(mirror(own, false, Map.of())), CONTENT, 0, 1000);
            assertEquals(2, own.requests().size(), "challenge and read");
            assertEquals(0, origin.requests().size());
            String seen = own.requests().get(1).authorization();
            assertReads(Clients.blob(client, origin.url(), CONTENT), CONTENT, 0, 10);
            assertTrue(origin.requests().stream().noneMatch(request -> seen.equals(request.authorization())));
        }
    }

    @Test
    void mirrorsAreAskedInTheirOrderAsFarAsTheyWork() throws IOException {
        InetSocketAddress nobody = origin.address();
        try (FaultProxy second = FaultProxy.to(nobody).always(r -> true, new Fault.Content(CONTENT))) {
            RegistryBlob blob = blob(mirror(relay, false, Map.of()), mirror(second, false, Map.of()));
            assertReads(blob, CONTENT, 0, 1000);
            relay.reset();
            relay.always(request -> true, Fault.status(503));
            assertReads(blob, CONTENT, 0, 1000);
            assertReads(blob, CONTENT, 0, 1000);
            assertEquals(1, relay.requests().size());
            assertEquals(2, second.requests().size());
            assertEquals(0, origin.requests().size());
        }
    }

    @Test
    void mirrorOfAnotherRegistryIsNotAsked() throws IOException {
        Relay other = new Relay(Relay.Kind.MIRROR, relay.url(), "other.test", false, Map.of());
        assertReads(blob(other), CONTENT, 0, 1000);
        assertEquals(0, relay.requests().size());
        assertTrue(
                new Relay(Relay.Kind.MIRROR, "m", "index.docker.io", false, Map.of()).serves("registry-1.docker.io"));
    }

    @Test
    void readFailsAsEverIfTheRegistryFailsToo() {
        relay.reset();
        relay.always(request -> true, Fault.status(503));
        origin.always(request -> true, Fault.status(404));
        RegistryException failure =
                assertFails(Kind.NOT_FOUND, () -> blob(p2p()).fetch(0, ByteBuffer.allocate(10)));
        assertTrue(failure.getMessage().startsWith(origin.url()), failure::getMessage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://", "http://u:hunter2@h", "http://h/x?key=hunter2", "ftp://h"})
    void addressThatIsNoneIsRefusedWithoutBeingShown(String address) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> Relay.proxy(address));
        assertFalse(refusal.getMessage().contains("hunter2"));
    }
}
