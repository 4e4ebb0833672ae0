package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.overlaybd.nbd.protocol.RequestHeader;

/** The payload of a request that is refused: the answer waits until it is over, for not every client reads while it sends. */
final class SkippedPayload implements Incoming {

    private final RequestHeader request;
    private final Conversation conversation;
    private final Failure refusal;
    private long leftBytes;

    SkippedPayload(RequestHeader request, Conversation conversation, Failure refusal) {
        this.request = request;
        this.conversation = conversation;
        this.refusal = refusal;
        this.leftBytes = request.payloadBytes();
    }

    @Override
    public boolean take(ByteBuf in) {
        int skipped = (int) Math.min(leftBytes, in.readableBytes());
        in.skipBytes(skipped);
        leftBytes -= skipped;
        if (leftBytes == 0) {
            conversation.fail(request, refusal);
        }
        return leftBytes == 0;
    }

    @Override
    public void abandon() {}
}
