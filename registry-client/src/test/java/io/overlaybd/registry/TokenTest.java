package io.overlaybd.registry;

import static io.overlaybd.registry.Clients.ALICE;
import static io.overlaybd.registry.Clients.assertFails;
import static io.overlaybd.registry.Clients.assertReads;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.credential.Credentials;
import io.overlaybd.testing.registry.DockerRegistry;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.FaultProxy.Request;
import io.overlaybd.testing.registry.TokenServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads from a real registry that wants tokens. */
class TokenTest {

    private static final byte[] CONTENT = Clients.bytes(100_000);
    private static final byte[] OTHER = Clients.bytes(1000);
    private static final int READERS = 8;
    private static DockerRegistry registry;
    private static TokenServer shared;

    private final ManualTime time = new ManualTime();
    private final TokenServer tokens = shared;
    private final FaultProxy proxy = FaultProxy.to(registry.address());
    private final List<RegistryClient> clients = new ArrayList<>();
    private int before;

    @BeforeAll
    static void startRegistry() {
        shared = new TokenServer();
        registry = DockerRegistry.withTokens(shared.realm());
        registry.storeBlob("team/app", CONTENT);
        registry.storeBlob("team/app", OTHER);
    }

    @AfterAll
    static void stopRegistry() {
        if (registry != null) {
            registry.close();
        }
        shared.close();
    }

    @BeforeEach
    void countFromHere() {
        before = tokens.requests().size();
    }

    @AfterEach
    void close() {
        clients.forEach(RegistryClient::close);
        proxy.close();
        tokens.fail(0, 0).issueExpired(0).lifetime(Duration.ofMinutes(5));
    }

    private RegistryClient client(CredentialProvider credentials) {
        RegistryClient client = RegistryClient.open(
                Clients.options(time).credentials(credentials).build());
        clients.add(client);
        return client;
    }

    private RegistryBlob blob(CredentialProvider credentials) {
        return Clients.blob(client(credentials), proxy.url(), CONTENT);
    }

    private int tokenRequests() {
        return tokens.requests().size() - before;
    }

    @Test
    void coldReadIsChallengeTokenAndRead() throws IOException {
        assertReads(blob(ALICE), CONTENT, 0, 1000);
        assertEquals(2, proxy.requests().size());
        assertEquals(1, tokenRequests());
        TokenServer.Request asked = tokens.requests().get(before);
        assertTrue(asked.query().contains("scope=repository:team/app:pull"), asked::query);
        assertTrue(asked.query().contains("service=test registry & more"), asked::query);
        assertTrue(asked.authorization().startsWith("Basic "));
    }

    @Test
    void laterBlobOfTheRepositoryShowsTheTokenAtOnce() throws IOException {
        RegistryClient client = client(ALICE);
        assertReads(Clients.blob(client, proxy.url(), CONTENT), CONTENT, 0, 1000);
        proxy.reset();
        assertReads(Clients.blob(client, proxy.url(), OTHER), OTHER, 0, 1000);
        assertEquals(1, proxy.requests().size());
        assertTrue(proxy.requests().get(0).isAuthorized());
        assertEquals(1, tokenRequests());
    }

    @Test
    void tokenOfOneRegistryIsNotShownToAnother() throws IOException {
        RegistryClient client = client(ALICE);
        assertReads(Clients.blob(client, proxy.url(), CONTENT), CONTENT, 0, 1000);
        try (FaultProxy other = FaultProxy.standalone("127.0.0.1")) {
            other.always(request -> true, new Fault.Content(CONTENT));
            assertReads(Clients.blob(client, other.url(), CONTENT), CONTENT, 0, 1000);
            assertFalse(other.requests().get(0).isAuthorized());
        }
    }

    @Test
    void tokenIsReplacedBeforeItExpires() throws IOException {
        tokens.lifetime(Duration.ofSeconds(100));
        RegistryBlob blob = blob(ALICE);
        assertReads(blob, CONTENT, 0, 1000);
        time.advance(Duration.ofSeconds(79));
        assertReads(blob, CONTENT, 0, 1000);
        assertEquals(1, tokenRequests());
        time.advance(Duration.ofSeconds(2));
        assertReads(blob, CONTENT, 0, 1000);
        assertEquals(2, tokenRequests());
        assertEquals(4, proxy.requests().size());
    }

    @Test
    void tokenThatTheRegistryTakesForExpiredIsReplacedOnce() throws IOException {
        tokens.issueExpired(1);
        assertReads(blob(ALICE), CONTENT, 0, 1000);
        assertEquals(2, tokenRequests());
        assertEquals(3, proxy.requests().size());
    }

    @Test
    void refusedTokenInTheMiddleOfAReadIsReplacedOnceAndTheReadGoesOn() throws IOException {
        RegistryBlob blob = blob(ALICE);
        assertReads(blob, CONTENT, 0, 10);
        proxy.reset();
        proxy.next(Request::isRanged, Fault.cut(500), unauthorized());
        assertReads(blob, CONTENT, 0, 1000);
        assertEquals(
                List.of("bytes=0-999", "bytes=500-999", "bytes=500-999"),
                proxy.requests().stream().map(Request::range).toList());
        assertEquals(2, tokenRequests());
    }

    private Fault unauthorized() {
        return Fault.status(
                401,
                "WWW-Authenticate",
                "bearer  Realm=\"" + tokens.realm()
                        + "\" , service=\"test registry & more\",scope=\"repository:team/app:pull\"");
    }

    @Test
    void stormOf401sIsBounded() throws Exception {
        RegistryBlob blob = blob(ALICE);
        assertReads(blob, CONTENT, 0, 10);
        proxy.always(Request::isRanged, unauthorized());
        for (int round = 0; round < 20; round++) {
            for (Future<Long> read : readAtOnce(blob)) {
                assertFailed(Kind.UNAUTHORIZED, read);
            }
        }
        assertTrue(tokenRequests() <= 3, "token requests: " + tokenRequests());
        assertTrue(
                proxy.requests().size() <= 1 + 3 * READERS + READERS,
                "" + proxy.requests().size());

        proxy.reset();
        time.advance(Duration.ofSeconds(6));
        assertReads(blob, CONTENT, 0, 10);
    }

    @Test
    void readersThatStartTogetherShareOneToken() throws Exception {
        for (Future<Long> read : readAtOnce(blob(ALICE))) {
            assertEquals(CONTENT.length, read.get());
        }
        assertEquals(1, tokenRequests());
    }

    @Test
    void readersThatStartTogetherShareOneFailure() throws Exception {
        tokens.fail(403, 1000);
        for (Future<Long> read : readAtOnce(blob(ALICE))) {
            assertFailed(Kind.FORBIDDEN, read);
        }
        assertEquals(1, tokenRequests());
    }

    private static void assertFailed(Kind kind, Future<Long> read) throws InterruptedException {
        try {
            read.get();
            throw new AssertionError("expected " + kind);
        } catch (ExecutionException e) {
            assertEquals(kind, ((RegistryException) e.getCause()).kind(), e::toString);
        }
    }

    private static List<Future<Long>> readAtOnce(RegistryBlob blob) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Long>> reads = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                long offset = i * 1000L;
                reads.add(pool.submit(() -> blob.fetch(offset, ByteBuffer.allocate(1000))));
            }
            return reads;
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void failingTokenServerIsTriedAgain() throws IOException {
        tokens.fail(503, 2);
        assertReads(blob(ALICE), CONTENT, 0, 1000);
        assertEquals(3, tokenRequests());
    }

    @Test
    void wrongPasswordIsSaidOnceAndWithoutThePassword() {
        RegistryBlob blob = blob(Clients.provider(Credentials.password("alice", "hunter2")));
        RegistryException failure = assertFails(Kind.UNAUTHORIZED, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertEquals(1, tokenRequests());
        assertFalse(failure.getMessage().contains("hunter2"));
        assertTrue(failure.getMessage().contains("in cred.json"), failure::getMessage);
    }

    @Test
    void identityTokenIsExchangedByPost() throws IOException {
        Credentials identity = new Credentials("", "", TokenServer.IDENTITY_TOKEN);
        assertReads(blob(Clients.provider(identity)), CONTENT, 0, 1000);
        TokenServer.Request asked = tokens.requests().get(before);
        assertEquals("POST", asked.method());
        assertTrue(asked.query().contains("service=test registry & more"), asked::query);
    }

    @Test
    void nobodyIsLetInWithoutCredentials() {
        RegistryException failure = assertFails(
                Kind.UNAUTHORIZED, () -> blob(CredentialProvider.NONE).fetch(0, ByteBuffer.allocate(10)));
        assertEquals(401, failure.status());
    }

    @Test
    void passwordIsShownToARegistryThatWantsIt() throws IOException {
        try (DockerRegistry basic = DockerRegistry.withPassword();
                FaultProxy before = FaultProxy.to(basic.address())) {
            basic.storeBlob("team/app", CONTENT);
            RegistryBlob blob = Clients.blob(client(ALICE), before.url(), CONTENT);
            assertReads(blob, CONTENT, 0, 1000);
            assertReads(blob, CONTENT, 1000, 1000);
            assertEquals(3, before.requests().size());

            RegistryBlob wrong =
                    Clients.blob(client(Clients.provider(Credentials.password("alice", "x"))), before.url(), CONTENT);
            assertFails(Kind.UNAUTHORIZED, () -> wrong.fetch(0, ByteBuffer.allocate(10)));
            assertEquals(5, before.requests().size());
        }
    }
}
