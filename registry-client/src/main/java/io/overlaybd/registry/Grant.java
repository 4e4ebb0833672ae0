package io.overlaybd.registry;

import io.overlaybd.registry.credential.Credentials;

/**
 * What is sent to a registry to be let in. Compared by identity: a grant that was refused is told from its successor. Never
 * shows its secret. Immutable.
 */
final class Grant {

    /** Sending nothing, until the registry asks. */
    static final Grant NONE = new Grant(null, Long.MAX_VALUE);

    private final String header;
    private final long freshUntilNanos;

    private Grant(String header, long freshUntilNanos) {
        this.header = header;
        this.freshUntilNanos = freshUntilNanos;
    }

    /** User and password, looked up again after {@code freshUntilNanos}. */
    static Grant basic(Credentials credentials, long freshUntilNanos) {
        return new Grant(credentials.basicHeader(), freshUntilNanos);
    }

    /** A token that is to be replaced from {@code freshUntilNanos} on. */
    static Grant bearer(String token, long freshUntilNanos) {
        return new Grant("Bearer " + token, freshUntilNanos);
    }

    /** Value of the Authorization header, null for none. */
    String header() {
        return header;
    }

    boolean isFresh(long nowNanos) {
        return this == NONE || freshUntilNanos - nowNanos > 0;
    }

    boolean sendsTheSameAs(Grant other) {
        return header != null && header.equals(other.header);
    }

    @Override
    public String toString() {
        return header == null ? "nothing" : header.substring(0, header.indexOf(' ')) + " (secret)";
    }
}
