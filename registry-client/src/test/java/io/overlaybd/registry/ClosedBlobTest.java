package io.overlaybd.registry;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.overlaybd.registry.manifest.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The registry never gives what was asked for, and every time limit is longer than the test's: only closing ends a read. */
@Timeout(60)
class ClosedBlobTest {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Digest DIGEST = Digest.parse("sha256:" + "1".repeat(64));

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch sleeping = new CountDownLatch(1);
    private ServerSocket server;
    private RegistryClient client;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        client = RegistryClient.open(RegistryOptions.builder()
                .proxies(Map.of())
                .timeouts(LONG, LONG)
                .time(new SleepTelling())
                .build());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
        threads.shutdownNow();
    }

    private final class SleepTelling implements TimeSource {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            sleeping.countDown();
            new CountDownLatch(1).await();
        }
    }

    private RegistryBlob blob() {
        return client.blob(new Repository("http://127.0.0.1:" + server.getLocalPort(), "some/image"), DIGEST, -1);
    }

    private Future<Long> read(RegistryBlob blob) {
        return threads.submit(() -> blob.fetch(0, ByteBuffer.allocate(1000)));
    }

    private static void answer(Socket connection, String answer) throws IOException {
        byte[] request = new byte[4096];
        assertFalse(connection.getInputStream().read(request) < 0);
        connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        connection.getOutputStream().flush();
    }

    private static void assertClosed(Future<Long> read) {
        ExecutionException failure = assertThrows(ExecutionException.class, read::get);
        assertInstanceOf(ClosedClientException.class, failure.getCause());
    }

    @Test
    void readThatWaitsForAnAnswerEndsAndThoseOfOthersDoNot() throws IOException {
        RegistryBlob blob = blob();
        Future<Long> read = read(blob);
        Socket first = server.accept();
        Future<Long> other = read(blob());
        Socket second = server.accept();
        blob.close();
        assertClosed(read);
        assertFalse(other.isDone());
        first.close();
        second.close();
    }

    @Test
    void readThatWaitsForTheRestOfABodyEnds() throws IOException {
        RegistryBlob blob = blob();
        Future<Long> read = read(blob);
        try (Socket connection = server.accept()) {
            answer(
                    connection,
                    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-999/5000\r\nContent-Length: 1000\r\n\r\nbegin");
            blob.close();
            assertClosed(read);
        }
    }

    @Test
    void readThatWaitsForItsNextAttemptEnds() throws IOException, InterruptedException {
        RegistryBlob blob = blob();
        Future<Long> read = read(blob);
        try (Socket connection = server.accept()) {
            answer(connection, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
            sleeping.await();
            blob.close();
            assertClosed(read);
        }
    }

    private String challengeText() {
        return "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n"
                + "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:" + server.getLocalPort()
                + "/token\",service=\"test\"\r\n\r\n";
    }

    /** Answers the next request with a challenge. */
    private void challenge() throws IOException {
        try (Socket connection = server.accept()) {
            answer(connection, challengeText());
        }
    }

    @Test
    void readThatFetchesATokenEndsAndAnotherThatNeedsItFetchesOne() throws IOException {
        RegistryBlob blob = blob();
        Future<Long> read = read(blob);
        challenge();
        Socket never = server.accept();
        Future<Long> other = read(blob());
        challenge();
        blob.close();
        assertClosed(read);
        Socket token = server.accept();
        assertFalse(other.isDone());
        never.close();
        token.close();
    }

    @Test
    void readThatWaitsForTheTokenOfAnotherEnds() throws IOException {
        Future<Long> fetching = read(blob());
        challenge();
        Socket never = server.accept();
        RegistryBlob blob = blob();
        FutureTask<Long> waiting = new FutureTask<>(() -> blob.fetch(0, ByteBuffer.allocate(1000)));
        Thread waiter = new Thread(waiting);
        waiter.start();
        challenge();
        while (waiter.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        blob.close();
        assertClosed(waiting);
        assertFalse(fetching.isDone());
        never.close();
    }

    @Test
    void closedBlobAsksNothing() {
        RegistryBlob blob = blob();
        blob.close();
        blob.close();
        assertThrows(ClosedClientException.class, () -> blob.fetch(0, ByteBuffer.allocate(1)));
    }
}
