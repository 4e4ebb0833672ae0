package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;

/** Who reads a blob through one source: whom to ask for what is missing, and whether the source is closed. Thread-safe. */
final class Reader {

    private final BlobOrigin origin;
    private volatile boolean gone;

    Reader(BlobOrigin origin) {
        this.origin = origin;
    }

    BlobOrigin origin() {
        return origin;
    }

    boolean isGone() {
        return gone;
    }

    /** From here on it waits for nobody; {@link BlobStore#leave} ends what waits already. */
    void go() {
        gone = true;
    }
}
