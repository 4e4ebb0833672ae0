package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;

/** The payload of a request while it arrives. Confined to the event loop. */
interface Incoming {

    /**
     * Takes of what has arrived as much as belongs to it and finds room. What is left of it waits until the conversation says
     * that there is room.
     *
     * @return whether that was the end of the payload
     */
    boolean take(ByteBuf in);

    /** The rest will not come, or is of no use. */
    void abandon();
}
