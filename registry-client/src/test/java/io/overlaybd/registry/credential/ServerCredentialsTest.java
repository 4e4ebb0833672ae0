package io.overlaybd.registry.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.registry.tls.TlsContext;
import io.overlaybd.testing.registry.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCredentialsTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final String BLOB = "/v2/team/app/blobs/sha256:00";
    private static final CredentialQuery QUERY = new CredentialQuery("reg.test", "team/app", "https://reg.test" + BLOB);
    private static final String ALICE = CredentialServer.knows("reg.test/team", "alice", "hunter2");

    private final AtomicLong nanos = new AtomicLong();
    private final TestCertificates certificates = TestCertificates.shared();
    private CredentialServer server;

    @BeforeEach
    void start() throws IOException {
        server = CredentialServer.plain().answer(200, ALICE);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ServerCredentials credentials(String url, Duration limit) {
        return ServerCredentials.at(url, TlsContext::verifying, limit, nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void serverIsAskedForTheBlobInTheFormOfTheOriginal() throws IOException {
        ServerCredentials credentials = credentials(server.url(), LIMIT);
        assertEquals(Credentials.password("alice", "hunter2"), credentials.find(QUERY));
        assertEquals(
                "/auth?remote_url=https://reg.test" + BLOB, server.requests().get(0));
        assertEquals("null", server.authorizations().get(0));
        assertEquals(server.url(), credentials.name());
    }

    @Test
    void urlMayLackItsSchemeAndHaveAQueryAndAUser() throws IOException {
        String url = "me:secret@127.0.0.1:" + server.port() + "/auth?key=k";
        ServerCredentials credentials = credentials(url, LIMIT);
        assertFalse(credentials.find(QUERY).isAnonymous());
        assertEquals(
                "/auth?key=k&remote_url=https://reg.test" + BLOB,
                server.requests().get(0));
        assertEquals(
                Credentials.password("me", "secret").basicHeader(),
                server.authorizations().get(0));
        assertEquals(server.url(), credentials.name());
    }

    @Test
    void answerIsMatchedAsAFileIs() throws IOException {
        server.answer(200, CredentialServer.knows("reg.test/other", "bob", "x"));
        assertTrue(credentials(server.url(), LIMIT).find(QUERY).isAnonymous());
    }

    @Test
    void answerIsKeptForAMinute() throws IOException {
        ServerCredentials credentials = credentials(server.url(), LIMIT);
        credentials.find(QUERY);
        pass(Duration.ofSeconds(59));
        credentials.find(QUERY);
        assertEquals(1, server.requests().size());
        pass(Duration.ofSeconds(2));
        credentials.find(QUERY);
        assertEquals(2, server.requests().size());
    }

    @Test
    void refusedCredentialsAreAskedForOnce() throws IOException {
        ServerCredentials credentials = credentials(server.url(), LIMIT);
        Credentials old = credentials.find(QUERY);
        pass(Duration.ofSeconds(10));
        server.answer(200, CredentialServer.knows("reg.test", "alice", "new"));
        assertEquals(Credentials.password("alice", "new"), credentials.findOther(QUERY, old));
        assertEquals(Credentials.password("alice", "new"), credentials.findOther(QUERY, old));
        assertEquals(2, server.requests().size());
        credentials.findOther(QUERY, Credentials.password("alice", "new"));
        assertEquals(2, server.requests().size(), "asked again within the same second");
    }

    @Test
    void lastAnswerOutlivesTheServer() throws IOException {
        ServerCredentials credentials = credentials(server.url(), LIMIT);
        Credentials good = credentials.find(QUERY);
        server.answer(500, "");
        for (int minutes = 0; minutes < 100; minutes++) {
            pass(Duration.ofMinutes(1));
            assertEquals(good, credentials.find(QUERY));
        }
        server.answer(200, CredentialServer.knows("reg.test", "bob", "b"));
        pass(Duration.ofMinutes(1));
        assertEquals("bob", credentials.find(QUERY).user());
    }

    @Test
    void serverThatFailsIsAskedEverMoreRarely() {
        server.answer(503, "");
        ServerCredentials credentials = credentials(server.url(), LIMIT);
        for (int tenths = 0; tenths < 1200; tenths++) {
            assertThrows(IOException.class, () -> credentials.find(QUERY));
            pass(Duration.ofMillis(100));
        }
        int requests = server.requests().size();
        assertTrue(requests >= 6 && requests <= 9, requests + " requests in two minutes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "hunter2",
                "{\"success\":false,\"data\":{\"auths\":{}}}",
                "{\"data\":{\"auths\":{}}}",
                "{\"success\":\"true\",\"data\":{}}",
                "{\"success\":true}",
                "{\"success\":true,\"data\":{\"auths\":hunter2}}"
            })
    void answerThatIsNoneIsAnErrorThatShowsNothingOfIt(String body) {
        server.answer(200, body);
        IOException failure = assertThrows(
                IOException.class, () -> credentials(server.url(), LIMIT).find(QUERY));
        assertTrue(failure.getMessage().startsWith(server.url() + ": "), failure::getMessage);
        for (Throwable each = failure; each != null; each = each.getCause()) {
            assertFalse(each.toString().contains("hunter2"), each::toString);
        }
    }

    @Test
    void failureTellsTheTraceOfTheServer() {
        server.answer(200, "{\"traceId\":\"t-7\",\"success\":false}");
        IOException failure = assertThrows(
                IOException.class, () -> credentials(server.url(), LIMIT).find(QUERY));
        assertTrue(failure.getMessage().endsWith("did not succeed (traceId t-7)"), failure::getMessage);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 302, 401, 404, 500})
    void everyStatusBut200IsAnErrorAndNoRedirectIsFollowed(int status) {
        server.answer(status, "");
        IOException failure = assertThrows(
                IOException.class, () -> credentials(server.url(), LIMIT).find(QUERY));
        assertEquals(server.url() + ": expected HTTP 200, found " + status, failure.getMessage());
        assertEquals(1, server.requests().size());
    }

    @Test
    void endlessAnswerIsCutAndRefused() {
        server.answer(200, " ".repeat((1 << 20) + 1));
        IOException failure = assertThrows(
                IOException.class, () -> credentials(server.url(), LIMIT).find(QUERY));
        assertTrue(failure.getMessage().contains("more than"), failure::getMessage);
    }

    @Test
    void silentServerIsGivenUpInTime() {
        server.silent(true);
        IOException failure = assertThrows(
                IOException.class, () -> credentials(server.url(), SHORT).find(QUERY));
        assertEquals(server.url() + ": no answer within 200 ms", failure.getMessage());
    }

    @Test
    void clientCertificateAndPinnedCaLetIn() throws IOException {
        TlsContext tls = TlsContext.trustingOnly(
                certificates.caFile(), certificates.clientCertFile(), certificates.clientKeyFile());
        try (CredentialServer secure = CredentialServer.secure().answer(200, ALICE)) {
            assertEquals(
                    "alice",
                    ServerCredentials.at(secure.url(), () -> tls, LIMIT)
                            .find(QUERY)
                            .user());
            TlsContext stranger = TlsContext.trustingOnly(certificates.caFile(), null, null);
            assertThrows(
                    IOException.class,
                    () -> ServerCredentials.at(secure.url(), () -> stranger, LIMIT)
                            .find(QUERY));
            Supplier<TlsContext> verifying = TlsContext::verifying;
            IOException failure = assertThrows(
                    IOException.class,
                    () -> ServerCredentials.at(secure.url(), verifying, LIMIT).find(QUERY));
            assertTrue(failure.getMessage().contains("certificate"), failure::getMessage);
            assertEquals(1, secure.requests().size());
        }
    }

    @Test
    void pinnedCaIsTheOnlyOne() throws IOException {
        TlsContext tls = TlsContext.trustingOnly(certificates.caFile(), null, null);
        assertEquals(1, tls.trustManager().getAcceptedIssuers().length);
    }

    @Test
    void unixSocketIsAskedAtItsFixedUrl(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + ALICE.length() + "\r\n\r\n" + ALICE;
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> serveOnce(listener, answer));
            ServerCredentials credentials = ServerCredentials.atSocket(path, LIMIT);
            assertEquals(Credentials.password("alice", "hunter2"), credentials.find(QUERY));
            assertTrue(
                    request.get().startsWith("GET /auth?remote_url=https://reg.test" + BLOB + " HTTP/1.1\r\nAccept"));
            assertTrue(request.get().contains("\r\nHost: localhost\r\n"));
        }
    }

    @Test
    void unixSocketThatStaysSilentOrIsNotThereIsGivenUp(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("s");
        IOException absent = assertThrows(
                IOException.class, () -> ServerCredentials.atSocket(path, LIMIT).find(QUERY));
        assertTrue(absent.getMessage().startsWith("unix socket " + path + ": cannot be reached: "), absent::getMessage);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            IOException silent = assertThrows(
                    IOException.class,
                    () -> ServerCredentials.atSocket(path, SHORT).find(QUERY));
            assertEquals("unix socket " + path + ": no answer within 200 ms", silent.getMessage());
        }
    }

    private static String serveOnce(ServerSocketChannel listener, String answer) {
        try (SocketChannel client = listener.accept()) {
            ByteBuffer request = ByteBuffer.allocate(8192);
            while (!new String(request.array(), 0, request.position(), StandardCharsets.UTF_8).contains("\r\n\r\n")) {
                client.read(request);
            }
            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            return new String(request.array(), 0, request.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
