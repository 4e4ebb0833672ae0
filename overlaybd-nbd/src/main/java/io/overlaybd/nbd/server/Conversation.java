package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.overlaybd.nbd.protocol.Chunk;
import io.overlaybd.nbd.protocol.RequestHeader;
import io.overlaybd.nbd.protocol.SimpleReply;

/**
 * One connection after the handshake: which requests are under way, and how they are answered.
 *
 * <p>A request is under way until its last byte is in the kernel's hands. So a client that asks for much and reads nothing
 * comes to a halt at {@link #MAX_REQUESTS} requests, and with the data for them at what {@link ReadQueue} lets it have. What
 * arrives to be written has memory of its own, which does not depend on the client to get free: so a client that sends before it
 * takes replies goes on. Confined to the event loop of the channel.
 */
final class Conversation {

    static final int MAX_REQUESTS = 128;

    private static final int MAX_PAYLOAD_BYTES = 4 << 20;
    private static final int SMALL_REPLY_BYTES = 64;

    private final Channel channel;
    private final Agreement agreement;
    private final Runnable onRoom;
    private final ReadQueue reads;
    private final Allowance payloads;
    private boolean payloadWaits;
    private int requests;
    private boolean alone;
    private boolean ending;

    /** @param onRoom is run when requests may be admitted again */
    Conversation(Channel channel, Agreement agreement, MemoryBudget budget, Runnable onRoom) {
        this.channel = channel;
        this.agreement = agreement;
        this.onRoom = onRoom;
        this.reads = new ReadQueue(channel, budget);
        this.payloads =
                new Allowance(channel, budget, IncomingWrite.PIECE_BYTES, MAX_PAYLOAD_BYTES, this::letPayloadIn);
    }

    Channel channel() {
        return channel;
    }

    Agreement agreement() {
        return agreement;
    }

    /** The reads that have pieces to begin. */
    ReadQueue reads() {
        return reads;
    }

    /** Counts data to be written that are about to be received, if there is room; if not, they are let in when there is. */
    boolean reservePayload(int bytes) {
        payloadWaits = !payloads.take(bytes);
        return !payloadWaits;
    }

    /** Data that were counted are written, or will not be. */
    void unreservePayload(int bytes) {
        payloads.give(bytes);
        letPayloadIn();
    }

    private void letPayloadIn() {
        if (payloadWaits) {
            payloadWaits = false;
            onRoom.run();
        }
    }

    /** Whether neither side has ended it. */
    boolean isOpen() {
        return !ending;
    }

    /** Whether requests are under way. */
    boolean isBusy() {
        return requests > 0;
    }

    /** Whether a request may begin now; one that needs to be alone neither follows nor is followed by another. */
    boolean admits(boolean needsToBeAlone) {
        return !ending && !alone && requests < (needsToBeAlone ? 1 : MAX_REQUESTS);
    }

    /** A request that was admitted begins. */
    void begin(boolean needsToBeAlone) {
        requests++;
        alone = needsToBeAlone;
    }

    /** Takes no more requests, and closes the channel once those it has are answered. */
    void end() {
        ending = true;
        closeIfDone();
    }

    /** The client has left: nothing more is begun. Pieces under way come back and are dropped by the channel. */
    void gone() {
        ending = true;
        reads.clear();
        payloads.leave();
        payloadWaits = false;
    }

    /** Answers a request that has no data to give. */
    void succeed(RequestHeader request) {
        ByteBuf reply = smallReply();
        SimpleReply.encodeSuccess(reply.writerIndex(SimpleReply.BYTES), request);
        send(reply, 0, true);
    }

    /** Answers a request that failed as a whole. */
    void fail(RequestHeader request, Failure failure) {
        ByteBuf reply = smallReply();
        if (agreement.structuredReplies()) {
            Chunk.encodeError(reply, request, failure.error(), failure.text());
        } else {
            SimpleReply.encodeError(reply.writerIndex(SimpleReply.BYTES), request, failure.error());
        }
        send(reply, 0, true);
    }

    /** A buffer for a reply without data. */
    ByteBuf smallReply() {
        return channel.alloc().heapBuffer(SMALL_REPLY_BYTES);
    }

    /**
     * Sends a reply or a part of one.
     *
     * @param reservedBytes what was counted for it
     * @param last whether the request ends with it
     */
    ChannelFuture send(ByteBuf reply, int reservedBytes, boolean last) {
        return channel.writeAndFlush(reply).addListener(sent -> {
            reads.unreserve(reservedBytes);
            if (!sent.isSuccess() && channel.isActive()) { // the client would wait for this reply for ever
                channel.pipeline().fireExceptionCaught(sent.cause());
            }
            if (last) {
                finish();
            }
            reads.takeTurns();
        });
    }

    /** A request that was begun is over. */
    void finish() {
        requests--;
        if (requests == 0) {
            alone = false;
        }
        if (!ending && requests <= MAX_REQUESTS / 2) {
            onRoom.run();
        }
        closeIfDone();
    }

    private void closeIfDone() {
        if (ending && requests == 0) {
            channel.close();
        }
    }
}
