package io.overlaybd.nbd.server;

/**
 * What a client and the server agreed on in the handshake.
 *
 * @param allocationContext the client may ask for the block status of {@code base:allocation}
 */
record Agreement(boolean structuredReplies, boolean allocationContext) {}
