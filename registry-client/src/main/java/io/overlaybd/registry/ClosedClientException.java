package io.overlaybd.registry;

import java.io.IOException;

/** The client, or what was read through it, was closed before or during the operation. */
final class ClosedClientException extends IOException {

    private static final long serialVersionUID = 1L;

    ClosedClientException() {
        this("the registry client is closed");
    }

    ClosedClientException(String message) {
        super(message);
    }
}
