package io.overlaybd.registry;

import static io.overlaybd.registry.Clients.ALICE;
import static io.overlaybd.registry.Clients.assertFails;
import static io.overlaybd.registry.Clients.assertReads;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.tls.TlsContext;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.FaultProxy.Request;
import io.overlaybd.testing.registry.TestCertificates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A registry that wants a password and keeps its blobs elsewhere. */
class RedirectTest {

    private static final byte[] CONTENT = Clients.bytes(50_000);

    private final ManualTime time = new ManualTime();
    private final FaultProxy registry = FaultProxy.standalone("127.0.0.1");
    private final FaultProxy storage = FaultProxy.standalone("127.0.0.2");
    private final RegistryClient client =
            RegistryClient.open(Clients.options(time).credentials(ALICE).build());
    private final RegistryBlob blob = Clients.blob(client, registry.url(), CONTENT);

    @AfterEach
    void close() {
        client.close();
        registry.close();
        storage.close();
    }

    private void redirect(int status, String location) {
        registry.always(request -> !request.isAuthorized(), Fault.status(401, "WWW-Authenticate", "Basic realm=x"));
        registry.always(request -> request.path().startsWith("/v2/"), Fault.redirect(status, location));
    }

    private void store() {
        storage.always(request -> true, new Fault.Content(CONTENT));
    }

    @Test
    void credentialsNeverReachAnotherHost() throws IOException {
        store();
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            registry.reset();
            redirect(status, storage.url() + "/signed?sig=abc%2Fdef");
            RegistryBlob fresh = Clients.blob(client, registry.url(), CONTENT);
            assertReads(fresh, CONTENT, 100, 1000);
        }
        assertEquals(5, storage.requests().size());
        assertEquals(0, storage.count(Request::isAuthorized));
        assertEquals("/signed?sig=abc%2Fdef", storage.requests().get(0).path());
        assertEquals("bytes=100-1099", storage.requests().get(0).range());
    }

    @Test
    void relativeRedirectStaysWithItsCredentials() throws IOException {
        registry.always(request -> request.path().equals("/elsewhere"), new Fault.Content(CONTENT));
        redirect(307, "/elsewhere");
        assertReads(blob, CONTENT, 100, 1000);
        assertTrue(registry.requests().get(2).isAuthorized());
    }

    @Test
    void laterReadsGoStraightToTheStorage() throws IOException {
        store();
        redirect(307, storage.url() + "/signed");
        assertReads(blob, CONTENT, 0, 1000);
        int asked = registry.requests().size();
        assertReads(blob, CONTENT, 1000, 1000);
        assertEquals(asked, registry.requests().size());
        assertEquals(2, storage.requests().size());

        time.advance(Duration.ofSeconds(121));
        assertReads(blob, CONTENT, 1000, 1000);
        assertEquals(asked + 1, registry.requests().size());
    }

    @Test
    void expiredSignatureFallsBackToTheRegistry() throws IOException {
        store();
        redirect(307, storage.url() + "/signed");
        assertReads(blob, CONTENT, 0, 1000);
        int asked = registry.requests().size();
        storage.reset();
        storage.next(request -> true, Fault.status(403));
        store();
        assertReads(blob, CONTENT, 1000, 1000);
        assertEquals(asked + 1, registry.requests().size());
        assertEquals(2, storage.requests().size());
        assertTrue(time.sleeps().isEmpty());
    }

    @Test
    void bodyThatBreaksAtTheStorageIsResumedThroughTheRegistry() throws IOException {
        store();
        redirect(307, storage.url() + "/signed");
        assertReads(blob, CONTENT, 0, 1000);
        storage.close();
        try (FaultProxy other = FaultProxy.standalone("127.0.0.2")) {
            other.always(request -> true, new Fault.Content(CONTENT));
            registry.reset();
            redirect(307, other.url() + "/signed");
            assertReads(blob, CONTENT, 1000, 1000);
            assertEquals(1, other.requests().size());
        }
    }

    @Test
    void storageThatRefusesForGoodIsNamed() {
        storage.always(request -> true, Fault.status(403));
        redirect(307, storage.url() + "/signed?secret=hunter2");
        RegistryException failure = assertFails(Kind.FORBIDDEN, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertTrue(failure.getMessage().contains(storage.host()), failure::getMessage);
        assertFalse(failure.getMessage().contains("hunter2"), failure::getMessage);
        assertEquals(2, storage.requests().size());
    }

    @Test
    void redirectsAreBounded() {
        redirect(302, "/v2/round");
        assertFails(Kind.PROTOCOL, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertTrue(registry.requests().size() <= 14, "" + registry.requests().size());
    }

    @Test
    void redirectToNowhereOrWithAPasswordIsRefused() {
        for (String location : new String[] {"", "ftp://127.0.0.1/x", "http://a:hunter2@127.0.0.2/x"}) {
            registry.reset();
            redirect(302, location);
            RegistryBlob fresh = Clients.blob(client, registry.url(), CONTENT);
            RegistryException failure = assertFails(Kind.PROTOCOL, () -> fresh.fetch(0, ByteBuffer.allocate(10)));
            assertFalse(failure.getMessage().contains("hunter2"));
        }
    }

    @Test
    void encryptionIsNotGivenUpUnlessAllowed() throws IOException {
        store();
        TestCertificates certificates = TestCertificates.shared();
        TlsContext tls = TlsContext.of(certificates.caFile(), null, null, false);
        try (FaultProxy secure = FaultProxy.tls(null, certificates.server(), false)) {
            secure.always(request -> true, Fault.redirect(307, storage.url() + "/plain"));
            try (RegistryClient strict =
                    RegistryClient.open(Clients.options(time).tls(tls).build())) {
                RegistryBlob refused = Clients.blob(strict, secure.url(), CONTENT);
                assertFails(Kind.PROTOCOL, () -> refused.fetch(0, ByteBuffer.allocate(10)));
                assertTrue(storage.requests().isEmpty());
            }
            try (RegistryClient lenient = RegistryClient.open(Clients.options(time)
                    .tls(tls)
                    .allowInsecureRedirects(true)
                    .proxies(Map.of())
                    .build())) {
                assertReads(Clients.blob(lenient, secure.url(), CONTENT), CONTENT, 0, 1000);
            }
        }
    }

    @Test
    void passwordsAreNotSentUnencryptedBecauseARegistrySaysSo() throws IOException {
        TestCertificates certificates = TestCertificates.shared();
        TlsContext tls = TlsContext.of(certificates.caFile(), null, null, false);
        try (FaultProxy secure = FaultProxy.tls(null, certificates.server(), false);
                RegistryClient strict = RegistryClient.open(
                        Clients.options(time).tls(tls).credentials(ALICE).build())) {
            String realm = "Bearer realm=\"" + storage.url() + "/token?a=b\",service=x";
            secure.always(request -> true, Fault.status(401, "WWW-Authenticate", realm));
            RegistryBlob refused = Clients.blob(strict, secure.url(), CONTENT);
            assertFails(Kind.PROTOCOL, () -> refused.fetch(0, ByteBuffer.allocate(10)));
            assertTrue(storage.requests().isEmpty());
        }
    }

    @Test
    void passwordDoesNotFollowARedirectOfTheRealm() {
        FaultProxy realm = registry;
        String challenge = "Bearer realm=\"" + realm.url() + "/token?a=b\",service=x";
        realm.always(request -> request.path().startsWith("/token"), Fault.redirect(307, storage.url() + "/token"));
        realm.always(request -> true, Fault.status(401, "WWW-Authenticate", challenge));
        assertFails(Kind.PROTOCOL, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        assertTrue(storage.requests().isEmpty());
        assertTrue(
                realm.requests().get(1).path().startsWith("/token?a=b&service=x&scope=repository%3Ateam%2Fapp%3Apull"),
                realm.requests()::toString);
    }
}
