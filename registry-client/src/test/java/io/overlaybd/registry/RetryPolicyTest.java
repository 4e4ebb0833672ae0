package io.overlaybd.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final Duration AMPLE = Duration.ofMinutes(10);
    private final RetryPolicy policy = RetryPolicy.defaults();

    private Optional<Duration> pause(FailedAttempt failure, int attempts) {
        return policy.pause(failure, attempts, AMPLE, 0.999);
    }

    @Test
    void pausesDoubleUpToTheLongest() {
        RetryPolicy many =
                new RetryPolicy(40, Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(20), AMPLE, 1);
        FailedAttempt reset = FailedAttempt.ofTransport(new SocketException("reset"));
        Duration last = Duration.ZERO;
        for (int attempts = 1; attempts < 40; attempts++) {
            Duration pause = many.pause(reset, attempts, AMPLE, 0).orElseThrow();
            long expectedMillis = Math.min(5000, 100L << Math.min(attempts - 1, 10)) / 2;
            assertEquals(expectedMillis, pause.toMillis());
            assertTrue(pause.compareTo(last) >= 0);
            last = pause;
        }
        assertTrue(many.pause(reset, 40, AMPLE, 0).isEmpty());
    }

    @Test
    void jitterSpreadsTheUpperHalf() {
        FailedAttempt reset = FailedAttempt.ofTransport(new SocketException("reset"));
        assertEquals(Duration.ofMillis(50), policy.pause(reset, 1, AMPLE, 0).orElseThrow());
        assertEquals(75, policy.pause(reset, 1, AMPLE, 0.5).orElseThrow().toMillis());
    }

    @Test
    void whatStaysAsItIsIsNotTriedAgain() {
        assertTrue(pause(FailedAttempt.last(Kind.NOT_FOUND, 404, "x"), 1).isEmpty());
        assertTrue(pause(FailedAttempt.ofTransport(new SSLPeerUnverifiedException("x")), 1)
                .isEmpty());
        assertTrue(pause(FailedAttempt.ofTransport(new SSLHandshakeException("x")), 1)
                .isEmpty());
    }

    @Test
    void wrongAnswerIsTriedAgainOnce() {
        assertEquals(Optional.of(Duration.ZERO), pause(FailedAttempt.protocol("x"), 1));
        assertTrue(pause(FailedAttempt.protocol("x"), 2).isEmpty());
    }

    @Test
    void transferThatBrokeGoesOnAtOnceAndLaterWithPauses() {
        assertEquals(Optional.of(Duration.ZERO), pause(FailedAttempt.cut(1, 2, null), 1));
        assertTrue(pause(FailedAttempt.cut(1, 2, null), 2).orElseThrow().toMillis() > 0);
        assertTrue(pause(FailedAttempt.cut(0, 2, null), 1).orElseThrow().toMillis() > 0);
    }

    @Test
    void nothingIsTriedThatDoesNotFitIntoTheDeadline() {
        FailedAttempt reset = FailedAttempt.ofTransport(new SocketException("reset"));
        assertTrue(policy.pause(reset, 1, Duration.ofMillis(10), 0).isEmpty());
        assertTrue(policy.pause(reset, 1, Duration.ofMillis(-10), 0).isEmpty());
        assertTrue(
                policy.pause(FailedAttempt.protocol("x"), 1, Duration.ZERO, 0).isEmpty());
    }

    @Test
    void budgetGrowsWithTheBytes() {
        assertEquals(Duration.ofSeconds(30), policy.budget(0));
        assertEquals(Duration.ofSeconds(30 + 16), policy.budget(1 << 20));
        assertTrue(policy.budget(Long.MAX_VALUE).toDays() > 0);
    }

    @Test
    void exceptionsOfTheNetworkAreClassified() {
        for (IOException e : List.of(
                new ConnectException("x"),
                new SocketTimeoutException("x"),
                new UnknownHostException("x"),
                new SSLException("x", new SocketException("reset")),
                new IOException("unexpected end of stream"))) {
            assertEquals(Kind.UNAVAILABLE, FailedAttempt.ofTransport(e).kind());
            assertTrue(pause(FailedAttempt.ofTransport(e), 1).isPresent());
        }
        assertEquals(Kind.TLS, FailedAttempt.ofTransport(new SSLException("x")).kind());
    }

    @Test
    void retryAfterIsReadAsSecondsOrDate() {
        assertEquals(Duration.ofSeconds(120), RetryPolicy.parseRetryAfter(" 120 ", ManualTime.START));
        assertEquals(
                Duration.ofSeconds(90), RetryPolicy.parseRetryAfter("Thu, 01 Jan 2026 00:01:30 GMT", ManualTime.START));
        assertEquals(Duration.ZERO, RetryPolicy.parseRetryAfter("Wed, 31 Dec 2025 23:00:00 GMT", ManualTime.START));
        assertEquals(Duration.ofDays(365), RetryPolicy.parseRetryAfter("99999999999999999999999", ManualTime.START));
        for (String nonsense : new String[] {null, "", "-1", "soon", "1.5", "\u0661"}) {
            assertNull(RetryPolicy.parseRetryAfter(nonsense, ManualTime.START));
        }
    }
}
