package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.nbd.protocol.Chunk;
import io.overlaybd.nbd.protocol.CommandCode;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.io.IOException;

/**
 * A read answered in chunks, one for each piece of data or hole, in the order in which they come back. The one that
 * comes last is marked so. After an error no further piece begins. Confined to the event loop.
 */
final class StructuredRead implements Read, PieceReader.Taker {

    private static final int PIECE_BYTES = PieceReader.INLINE_BYTES;
    private static final int MIN_HOLE_BYTES = 4096;

    private final RequestHeader request;
    private final Conversation conversation;
    private final BlockDevice device;
    private final PieceReader reader;
    private long nextBytes;
    private long endBytes;
    private int piecesUnderWay;

    private StructuredRead(RequestHeader request, Conversation conversation, BlockDevice device, PieceReader reader) {
        this.request = request;
        this.conversation = conversation;
        this.device = device;
        this.reader = reader;
        this.nextBytes = request.offsetBytes();
        this.endBytes = nextBytes + request.lengthBytes();
    }

    static void begin(RequestHeader request, Conversation conversation, BlockDevice device, PieceReader reader) {
        if (request.lengthBytes() == 0) {
            ByteBuf chunk = conversation.smallReply();
            Chunk.encodeNone(chunk, request);
            conversation.send(chunk, 0, true);
        } else {
            conversation.reads().enqueue(new StructuredRead(request, conversation, device, reader));
        }
    }

    @Override
    public Turn nextPiece() {
        if (nextBytes == endBytes) {
            return Turn.OVER; // a piece failed since this one stood in line
        }
        Run run;
        try {
            run = nextRun();
        } catch (IOException | RuntimeException e) {
            piecesUnderWay++;
            fail(nextBytes, Failure.of(e));
            return Turn.OVER;
        }
        Piece piece = new Piece(run.offsetBytes(), run.lengthBytes(), Chunk.DATA_OFFSET);
        if (!run.hole() && !conversation.reads().reserve(piece.bufferBytes())) {
            return Turn.NO_ROOM;
        }
        piecesUnderWay++;
        nextBytes += run.lengthBytes();
        if (run.hole()) {
            tell(run);
        } else {
            reader.read(piece, conversation.channel(), this);
        }
        return nextBytes < endBytes ? Turn.MORE : Turn.OVER;
    }

    private Run nextRun() throws IOException {
        int leftBytes = (int) (endBytes - nextBytes);
        return request.has(CommandCode.FLAG_DF)
                ? Run.first(device, nextBytes, leftBytes, leftBytes, leftBytes)
                : Run.first(device, nextBytes, leftBytes, PIECE_BYTES, MIN_HOLE_BYTES);
    }

    private void tell(Run hole) {
        ByteBuf chunk = conversation.smallReply();
        boolean last = pieceIsLast();
        Chunk.encodeHole(chunk, request, hole.offsetBytes(), hole.lengthBytes(), last);
        conversation.send(chunk, 0, last);
    }

    @Override
    public void take(Piece piece, ByteBuf chunk) {
        boolean last = pieceIsLast();
        Chunk.encodeData(chunk, request, piece.offsetBytes(), last);
        conversation.send(chunk, piece.bufferBytes(), last);
    }

    @Override
    public void fail(Piece piece, Failure failure) {
        conversation.reads().unreserve(piece.bufferBytes());
        fail(piece.offsetBytes(), failure);
    }

    private void fail(long offsetBytes, Failure failure) {
        endBytes = nextBytes;
        ByteBuf chunk = conversation.smallReply();
        boolean last = pieceIsLast();
        Chunk.encodeError(chunk, request, failure.error(), failure.text(), offsetBytes, last);
        conversation.send(chunk, 0, last);
    }

    /** Counts a piece as done and answers whether it was the last one. */
    private boolean pieceIsLast() {
        piecesUnderWay--;
        return piecesUnderWay == 0 && nextBytes == endBytes;
    }
}
