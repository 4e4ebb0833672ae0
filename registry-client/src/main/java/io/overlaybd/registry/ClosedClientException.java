package io.overlaybd.registry;

import java.io.IOException;

/** The client was closed before or during the operation. */
final class ClosedClientException extends IOException {

    private static final long serialVersionUID = 1L;

    ClosedClientException() {
        super("the registry client is closed");
    }
}
