package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.nbd.protocol.CommandCode;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.util.concurrent.RejectedExecutionException;

/**
 * A write whose data arrive. They are cut at multiples of {@link #PIECE_BYTES} of the device, and each piece is written as soon
 * as it is there, beside others: so a write of any length needs memory for what is not written yet, no more. Once one piece has
 * failed the others are dropped. Confined to the event loop, but for the writing itself.
 */
final class IncomingWrite implements Incoming {

    static final int PIECE_BYTES = 128 * 1024;

    private final RequestHeader request;
    private final Conversation conversation;
    private final SectorWriter writer;
    private final DeviceWorkers workers;
    private final long endBytes;
    private long arrivedToBytes;
    private ByteBuf piece;
    private int piecesUnderWay;
    private Failure failure;

    IncomingWrite(RequestHeader request, Conversation conversation, SectorWriter writer, DeviceWorkers workers) {
        this.request = request;
        this.conversation = conversation;
        this.writer = writer;
        this.workers = workers;
        this.arrivedToBytes = request.offsetBytes();
        this.endBytes = arrivedToBytes + request.lengthBytes();
    }

    @Override
    public boolean take(ByteBuf in) {
        while (arrivedToBytes < endBytes && in.isReadable()) {
            if (failure == null && piece == null && !beginPiece()) {
                return false;
            }
            if (failure == null) {
                fill(in);
            } else {
                skip(in);
            }
        }
        return arrivedToBytes == endBytes;
    }

    /** Answers false if there is no room for another piece now. */
    private boolean beginPiece() {
        int lengthBytes = (int) Math.min(endBytes - arrivedToBytes, PIECE_BYTES - arrivedToBytes % PIECE_BYTES);
        if (!conversation.reservePayload(lengthBytes)) {
            return false;
        }
        try {
            piece = conversation.channel().alloc().directBuffer(lengthBytes, lengthBytes);
        } catch (OutOfMemoryError e) {
            failure = Failure.of(e);
            conversation.unreservePayload(lengthBytes);
        }
        return true;
    }

    private void fill(ByteBuf in) {
        int count = Math.min(in.readableBytes(), piece.writableBytes());
        in.readBytes(piece, count);
        arrivedToBytes += count;
        if (!piece.isWritable()) {
            ByteBuf full = piece;
            piece = null;
            write(full, arrivedToBytes - full.readableBytes());
        }
    }

    private void skip(ByteBuf in) {
        dropPiece();
        int count = (int) Math.min(in.readableBytes(), endBytes - arrivedToBytes);
        in.skipBytes(count);
        arrivedToBytes += count;
        answerIfDone();
    }

    private void write(ByteBuf full, long offsetBytes) {
        piecesUnderWay++;
        try {
            workers.execute(DeviceMeter.Kind.WRITE, full.readableBytes(), () -> writeOnWorker(full, offsetBytes));
        } catch (RejectedExecutionException e) {
            settle(full, Failure.of(e));
        }
    }

    private boolean writeOnWorker(ByteBuf full, long offsetBytes) {
        Failure failed = null;
        try {
            writer.write(offsetBytes, full.nioBuffer());
        } catch (Exception | Error e) {
            failed = Offloaded.failure(
                    conversation, "write " + full.readableBytes() + " bytes at byte " + offsetBytes, e);
        }
        Failure result = failed;
        try {
            conversation.channel().eventLoop().execute(() -> settle(full, result));
        } catch (RejectedExecutionException serverIsGone) {
            full.release();
        }
        return result == null;
    }

    private void settle(ByteBuf written, Failure result) {
        int lengthBytes = written.readableBytes();
        written.release();
        piecesUnderWay--;
        failure = failure == null ? result : failure;
        answerIfDone();
        conversation.unreservePayload(lengthBytes);
    }

    private void answerIfDone() {
        if (arrivedToBytes < endBytes || piecesUnderWay > 0) {
            return;
        }
        if (failure != null) {
            conversation.fail(request, failure);
        } else if (request.has(CommandCode.FLAG_FUA)) {
            Offloaded.run(request, conversation, workers, writer::flush);
        } else {
            conversation.succeed(request);
        }
    }

    @Override
    public void abandon() {
        failure = Failure.invalid("WRITE: the client left");
        dropPiece();
    }

    private void dropPiece() {
        if (piece != null) {
            conversation.unreservePayload(piece.capacity());
            piece.release();
            piece = null;
        }
    }
}
