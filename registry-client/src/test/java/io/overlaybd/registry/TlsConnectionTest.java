package io.overlaybd.registry;

import static io.overlaybd.registry.Clients.assertFails;
import static io.overlaybd.registry.Clients.assertReads;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.tls.TlsContext;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.TestCertificates;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TlsConnectionTest {

    private static final byte[] CONTENT = Clients.bytes(50_000);

    private final TestCertificates certificates = TestCertificates.shared();
    private final ManualTime time = new ManualTime();

    private RegistryClient client(TlsContext tls) {
        return RegistryClient.open(Clients.options(time).tls(tls).build());
    }

    private FaultProxy server(boolean wrongName, boolean asksForClient) {
        return FaultProxy.tls(null, wrongName ? certificates.wrongName() : certificates.server(), asksForClient)
                .always(request -> true, new Fault.Content(CONTENT));
    }

    private TlsContext trusting() throws IOException {
        return TlsContext.of(certificates.caFile(), null, null, false);
    }

    @Test
    void unknownCaIsRefusedWithoutRetry() {
        try (FaultProxy server = server(false, false);
                RegistryClient client = client(TlsContext.verifying())) {
            RegistryBlob blob = Clients.blob(client, server.url(), CONTENT);
            RegistryException failure = assertFails(Kind.TLS, () -> blob.fetch(0, ByteBuffer.allocate(10)));
            assertEquals(1, failure.attempts());
            assertTrue(server.requests().isEmpty());
        }
    }

    @Test
    void wrongNameIsRefusedWithoutRetry() throws IOException {
        try (FaultProxy server = server(true, false);
                RegistryClient client = client(trusting())) {
            RegistryBlob blob = Clients.blob(client, server.url(), CONTENT);
            RegistryException failure = assertFails(Kind.TLS, () -> blob.fetch(0, ByteBuffer.allocate(10)));
            assertEquals(1, failure.attempts());
            assertTrue(server.requests().isEmpty());
        }
    }

    @Test
    void caFileLetsItsServersIn() throws IOException {
        try (FaultProxy server = server(false, false);
                RegistryClient client = client(trusting())) {
            RegistryBlob blob = Clients.blob(client, server.url(), CONTENT);
            assertReads(blob, CONTENT, 0, 1000);
            assertReads(blob, CONTENT, 1000, 1000);
            assertEquals(1, server.connections());
        }
    }

    @Test
    void verificationCanBeGivenUp() throws IOException {
        try (FaultProxy server = server(true, false);
                RegistryClient client = client(TlsContext.of(null, null, null, true))) {
            assertReads(Clients.blob(client, server.url(), CONTENT), CONTENT, 0, 1000);
        }
    }

    @Test
    void clientCertificateIsShownToAServerThatAsks() throws IOException {
        TlsContext known = TlsContext.of(
                certificates.caFile(), certificates.clientCertFile(), certificates.clientKeyFile(), false);
        try (FaultProxy server = server(false, true);
                RegistryClient client = client(known);
                RegistryClient stranger = client(trusting())) {
            assertReads(Clients.blob(client, server.url(), CONTENT), CONTENT, 0, 1000);
            RegistryBlob refused = Clients.blob(stranger, server.url(), CONTENT);
            // In TLS 1.3 the refusal follows the handshake: as an alert, or as a reset that overtakes it.
            RegistryException failure =
                    assertThrows(RegistryException.class, () -> refused.fetch(0, ByteBuffer.allocate(10)));
            assertTrue(failure.kind() == Kind.TLS || failure.kind() == Kind.UNAVAILABLE, failure::getMessage);
        }
    }

    @Test
    void plainServerAtAnEncryptedUrlIsSaidToBeNoTls() {
        try (FaultProxy server = FaultProxy.standalone("127.0.0.1");
                RegistryClient client = client(TlsContext.verifying())) {
            RegistryBlob blob = Clients.blob(client, "https://" + server.host(), CONTENT);
            assertFails(Kind.TLS, () -> blob.fetch(0, ByteBuffer.allocate(10)));
        }
    }
}
