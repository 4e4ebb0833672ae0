package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.overlaybd.nbd.protocol.RequestHeader;
import io.overlaybd.nbd.protocol.SimpleReply;
import java.io.IOException;

/**
 * A read answered by a head and the data. The head says whether the read succeeded, so it waits for the data; where
 * these are too long to wait for as a whole, only their first part is waited for, the next is read when the one before
 * is sent, and an error in a later part can only be told by closing the connection. Confined to the event loop.
 */
final class SimpleRead implements Read, PieceReader.Taker {

    private final RequestHeader request;
    private final Conversation conversation;
    private final PieceReader reader;
    private final long endBytes;
    private long nextBytes;

    private SimpleRead(RequestHeader request, Conversation conversation, PieceReader reader) {
        this.request = request;
        this.conversation = conversation;
        this.reader = reader;
        this.nextBytes = request.offsetBytes();
        this.endBytes = nextBytes + request.lengthBytes();
    }

    static void begin(RequestHeader request, Conversation conversation, PieceReader reader) {
        if (request.lengthBytes() == 0) {
            conversation.succeed(request);
        } else {
            conversation.reads().enqueue(new SimpleRead(request, conversation, reader));
        }
    }

    @Override
    public Turn nextPiece() {
        int lengthBytes = (int) Math.min(endBytes - nextBytes, ReadCommand.MAX_WHOLE_BYTES);
        Piece piece = new Piece(nextBytes, lengthBytes, isFirst(nextBytes) ? SimpleReply.BYTES : 0);
        if (!conversation.reads().reserve(piece.bufferBytes())) {
            return Turn.NO_ROOM;
        }
        nextBytes += lengthBytes;
        reader.read(piece, conversation.channel(), this);
        return Turn.OVER;
    }

    private boolean isFirst(long offsetBytes) {
        return offsetBytes == request.offsetBytes();
    }

    @Override
    public void take(Piece piece, ByteBuf reply) {
        if (isFirst(piece.offsetBytes())) {
            SimpleReply.encodeSuccess(reply, request);
        }
        boolean last = nextBytes == endBytes;
        conversation.send(reply, piece.bufferBytes(), last).addListener(sent -> {
            if (!last) {
                conversation.reads().enqueue(this);
            }
        });
    }

    @Override
    public void fail(Piece piece, Failure failure) {
        conversation.reads().unreserve(piece.bufferBytes());
        if (isFirst(piece.offsetBytes())) {
            conversation.fail(request, failure);
        } else {
            conversation
                    .channel()
                    .pipeline()
                    .fireExceptionCaught(new IOException("closed in the middle of a simple reply: " + failure.text()));
        }
    }
}
