package io.overlaybd.nbd.server;

import io.overlaybd.nbd.protocol.RequestHeader;

/** Serves one kind of request. Called on the event loop of the connection, where it must not block. */
@FunctionalInterface
interface Command {

    /** Serves a request that was checked against the other methods: it ends in one reply, now or later. */
    void begin(RequestHeader request, Conversation conversation);

    /** The flags that a request may carry. */
    default int flags(Agreement agreement) {
        return 0;
    }

    /** Whether offset and length name a range of the device. */
    default boolean hasRange() {
        return false;
    }

    /** Whether the reply cannot share the connection with others while it is sent. */
    default boolean needsToBeAlone(RequestHeader request, Agreement agreement) {
        return false;
    }
}
