package io.overlaybd.registry;

import java.io.IOException;

/** What was to be sent could not be read, or is not what it should be: no matter of the registry, and nothing to retry. */
final class LocalFailureException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient IOException reason;

    LocalFailureException(IOException reason) {
        super(reason);
        this.reason = reason;
    }

    /** What happened, for the caller. */
    IOException reason() {
        return reason;
    }
}
