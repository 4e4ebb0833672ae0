package io.overlaybd.service.download;

import java.io.IOException;

/** All bytes came, and they are not those of the digest. */
final class WrongDigestException extends IOException {

    private static final long serialVersionUID = 1L;

    WrongDigestException(String message) {
        super(message);
    }
}
