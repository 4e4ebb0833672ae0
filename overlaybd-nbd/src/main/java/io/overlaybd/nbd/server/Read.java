package io.overlaybd.nbd.server;

/** A read that is served piece by piece. */
interface Read {

    /** Begins the next piece; answers whether another may begin right after. */
    boolean nextPiece();
}
