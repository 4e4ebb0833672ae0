package io.overlaybd.nbd.server;

/** A read that is served piece by piece. */
interface Read {

    /** What came of a turn. */
    enum Turn {
        /** A piece has begun, and another may begin right after. */
        MORE,
        /** Nothing is left to begin now. */
        OVER,
        /** There is no memory for the next piece; nothing has begun. */
        NO_ROOM
    }

    /** Begins the next piece. */
    Turn nextPiece();
}
