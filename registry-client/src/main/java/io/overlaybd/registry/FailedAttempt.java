package io.overlaybd.registry;

import io.overlaybd.registry.RegistryException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;

/**
 * One attempt that failed, with what a {@link RetryPolicy} must know to decide about the next. The place where an HTTP
 * status, and where an exception of the network, becomes a failure of ours. Immutable.
 */
final class FailedAttempt extends IOException {

    private static final long serialVersionUID = 1L;

    /** What may help against a failure. */
    enum Recovery {
        /** Nothing: the same answer would come again. */
        NONE,
        /** One more attempt, at once: a broken middlebox or an expired signature may be gone. */
        ONCE,
        /** Going on where the transfer stopped: first at once, then with pauses. */
        RESUME,
        /** Waiting, longer each time. */
        BACK_OFF
    }

    private final Kind kind;
    private final int status;
    private final Recovery recovery;
    private final transient Duration retryAfter;
    private final transient HttpUrl answeredBy;

    private FailedAttempt(
            Kind kind, int status, Recovery recovery, Duration retryAfter, HttpUrl answeredBy, String problem) {
        super(problem);
        this.kind = kind;
        this.status = status;
        this.recovery = recovery;
        this.retryAfter = retryAfter;
        this.answeredBy = answeredBy;
    }

    /** The failure that a status means when the operation did not expect it. */
    static FailedAttempt ofAnswer(Answer answer, Instant now) {
        String problem = "HTTP " + answer.status() + answer.errorCodes() + ofWhom(answer);
        Duration wait = RetryPolicy.parseRetryAfter(answer.header("Retry-After"), now);
        return new FailedAttempt(kind(answer.status()), answer.status(), recovery(answer), wait, answer.url(), problem);
    }

    private static String ofWhom(Answer answer) {
        return answer.isRedirected() ? " from " + Origins.display(answer.url()) + ", whereto it redirected" : "";
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 401 -> Kind.UNAUTHORIZED;
            case 403 -> Kind.FORBIDDEN;
            case 404, 410 -> Kind.NOT_FOUND;
            case 429 -> Kind.RATE_LIMITED;
            case 408, 425 -> Kind.UNAVAILABLE;
            default -> status >= 500 ? Kind.UNAVAILABLE : Kind.PROTOCOL;
        };
    }

    private static Recovery recovery(Answer answer) {
        return switch (kind(answer.status())) {
            case RATE_LIMITED, UNAVAILABLE -> Recovery.BACK_OFF;
            // A signed URL that is refused may have expired on the way: the registry can sign a new one.
            case UNAUTHORIZED, FORBIDDEN, NOT_FOUND -> answer.isRedirected() ? Recovery.ONCE : Recovery.NONE;
            case PROTOCOL, TLS -> answer.status() < 300 ? Recovery.ONCE : Recovery.NONE;
        };
    }

    /** The failure that an exception of the HTTP library or the VM means. */
    static FailedAttempt ofTransport(IOException e) {
        if (e instanceof FailedAttempt already) {
            return already;
        }
        boolean tls = e instanceof SSLException && !isConnectionLoss(e.getCause());
        FailedAttempt failure = new FailedAttempt(
                tls ? Kind.TLS : Kind.UNAVAILABLE, 0, tls ? Recovery.NONE : Recovery.BACK_OFF, null, null, describe(e));
        failure.initCause(e);
        return failure;
    }

    private static boolean isConnectionLoss(Throwable cause) {
        return cause instanceof SocketException
                || cause instanceof EOFException
                || cause instanceof InterruptedIOException;
    }

    private static String describe(IOException e) {
        if (e instanceof UnknownHostException) {
            return "the host name cannot be resolved";
        }
        return e instanceof InterruptedIOException
                ? "no answer in time"
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    /** A body that ended, or whose connection broke, before all of it was there. */
    static FailedAttempt cut(long received, long expected, IOException cause) {
        FailedAttempt failure = new FailedAttempt(
                Kind.UNAVAILABLE,
                0,
                received > 0 ? Recovery.RESUME : Recovery.BACK_OFF,
                null,
                null,
                "the transfer broke: expected " + expected + " bytes, received " + received);
        failure.initCause(cause);
        return failure;
    }

    /** An answer that cannot be right; one more attempt is made, a middlebox may have been at work. */
    static FailedAttempt protocol(String problem) {
        return new FailedAttempt(Kind.PROTOCOL, 0, Recovery.ONCE, null, null, problem);
    }

    /** A failure that no retry helps against. */
    static FailedAttempt last(Kind kind, int status, String problem) {
        return new FailedAttempt(kind, status, Recovery.NONE, null, null, problem);
    }

    Kind kind() {
        return kind;
    }

    Recovery recovery() {
        return recovery;
    }

    /** How long the server asked to wait, null if it did not. */
    Duration retryAfter() {
        return retryAfter;
    }

    /** The exception for the caller. */
    RegistryException toException(Purpose purpose, int attempts) {
        String url = Origins.display(purpose.url());
        String message = url + ": cannot " + purpose.action() + ": " + getMessage()
                + (retryAfter == null ? "" : ", asked to wait " + retryAfter.toSeconds() + " s") + " (attempts: "
                + attempts + "); " + nextStep(purpose);
        return new RegistryException(kind, status, url, attempts, message, getCause());
    }

    private String nextStep(Purpose purpose) {
        String host = Origins.host(answeredBy == null ? purpose.url() : answeredBy);
        return switch (kind) {
            case UNAUTHORIZED -> "check the credentials for " + host + " in " + purpose.credentials();
            case FORBIDDEN -> "check what the credentials for " + host + " in " + purpose.credentials() + " may do";
            case NOT_FOUND -> "check that it was pushed to " + host + " and not removed since";
            case RATE_LIMITED -> "wait, or use credentials with a higher limit at " + host;
            case UNAVAILABLE -> "check that " + host + " is up and can be reached from here";
            case PROTOCOL -> "check " + host + " and every proxy before it";
            case TLS -> "check the certificate of " + host + ", or name the CA that signed it";
        };
    }
}
