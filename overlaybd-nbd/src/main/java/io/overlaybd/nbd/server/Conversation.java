package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.overlaybd.nbd.protocol.Chunk;
import io.overlaybd.nbd.protocol.RequestHeader;
import io.overlaybd.nbd.protocol.SimpleReply;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One connection after the handshake: which requests are under way and what they may hold.
 *
 * <p>A request is under way until its last byte is in the kernel's hands, and a buffer counts from its allocation until
 * then. So a client that asks for much and reads nothing comes to a halt at {@link #MAX_REQUESTS} requests and {@link
 * #MAX_BUFFERED_BYTES} of data, plus the one piece that went over.
 *
 * <p>Reads take turns piece by piece, so that a long one does not hold up the others. Confined to the event loop of the
 * channel.
 */
final class Conversation {

    static final int MAX_REQUESTS = 128;
    static final int MAX_BUFFERED_BYTES = 4 << 20;

    private static final int PIECES_PER_TURN = 16;
    private static final int SMALL_REPLY_BYTES = 64;

    private final Channel channel;
    private final Agreement agreement;
    private final Runnable onRoom;
    private final Deque<Read> reads = new ArrayDeque<>();
    private int requests;
    private long bufferedBytes;
    private boolean alone;
    private boolean ending;
    private boolean turning;

    /** @param onRoom is run when requests may be admitted again */
    Conversation(Channel channel, Agreement agreement, Runnable onRoom) {
        this.channel = channel;
        this.agreement = agreement;
        this.onRoom = onRoom;
    }

    Channel channel() {
        return channel;
    }

    Agreement agreement() {
        return agreement;
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
    }

    /** Puts a read in line for its next piece. */
    void enqueue(Read read) {
        if (channel.isActive()) {
            reads.add(read);
            takeTurns();
        }
    }

    private void takeTurns() {
        if (turning) {
            return; // the loop below is on the stack and sees what changed
        }
        turning = true;
        try {
            takeSomeTurns();
        } finally {
            turning = false;
        }
    }

    private void takeSomeTurns() {
        for (int pieces = 0; mayBeginPiece(); pieces++) {
            if (pieces == PIECES_PER_TURN) {
                channel.eventLoop().execute(this::takeTurns); // other connections have their turn first
                break;
            }
            Read read = reads.poll();
            if (read.nextPiece()) {
                reads.add(read);
            }
        }
    }

    /** What fails to reach a closed channel makes room at once, and must not set off all that is still in line. */
    private boolean mayBeginPiece() {
        return !reads.isEmpty() && bufferedBytes < MAX_BUFFERED_BYTES && channel.isActive();
    }

    /** Counts a buffer that is about to be allocated; {@link #send} or {@link #unreserve} ends that. */
    void reserve(int bytes) {
        bufferedBytes += bytes;
    }

    /** A buffer that was counted is gone. */
    void unreserve(int bytes) {
        bufferedBytes -= bytes;
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
            unreserve(reservedBytes);
            if (!sent.isSuccess() && channel.isActive()) { // the client would wait for this reply for ever
                channel.pipeline().fireExceptionCaught(sent.cause());
            }
            if (last) {
                finish();
            }
            takeTurns();
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
