package io.overlaybd.registry;

import java.io.IOException;

/**
 * A registry, or what stands before it, did not do what was asked, and every retry that this kind of failure deserves was
 * spent. The message names the URL (without user, password and query), what was tried, what came back, how often, and
 * what to look at next. It never holds a password or a token. Immutable.
 */
public final class RegistryException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as a caller can act on it. */
    public enum Kind {
        /** No or wrong credentials (401). */
        UNAUTHORIZED,
        /** The credentials do not allow this, or a signed URL was refused (403). */
        FORBIDDEN,
        /** There is no such repository, manifest or blob (404, 410). */
        NOT_FOUND,
        /** Too many requests (429). */
        RATE_LIMITED,
        /** Name, connection, time-out, broken transfer, or a failure inside the server (5xx). */
        UNAVAILABLE,
        /** An answer that cannot be right: another range, another length, another digest, no sense. */
        PROTOCOL,
        /** The certificate or the handshake was refused. */
        TLS
    }

    private final Kind kind;
    private final int status;
    private final String url;
    private final int attempts;

    RegistryException(Kind kind, int status, String url, int attempts, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.status = status;
        this.url = url;
        this.attempts = attempts;
    }

    /** The same failure for another thread that waited for it: its own stack, this one as the cause. */
    RegistryException forWaiter() {
        return new RegistryException(kind, status, url, attempts, getMessage(), this);
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** The HTTP status that was answered last, 0 if there was none. */
    public int status() {
        return status;
    }

    /** The URL that was asked for, without user, password and query. */
    public String url() {
        return url;
    }

    /** How many attempts were made. */
    public int attempts() {
        return attempts;
    }
}
