package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads a range ahead, so that whatever caches lie below have it. It is a hint: no more than {@link #MAX_BYTES} are read.
 * Each piece stands in the workers' queue anew, so that reads somebody waits for come in between.
 */
final class CacheCommand implements Command {

    static final int MAX_BYTES = Export.MAX_BLOCK_BYTES;

    private static final int PIECE_BYTES = 256 * 1024;
    private static final int MIN_HOLE_BYTES = 4096;

    private final BlockDevice device;
    private final DeviceWorkers workers;

    CacheCommand(BlockDevice device, DeviceWorkers workers) {
        this.device = device;
        this.workers = workers;
    }

    @Override
    public boolean hasRange() {
        return true;
    }

    @Override
    public void begin(RequestHeader request, Conversation conversation) {
        warm(request, conversation, 0);
    }

    private void warm(RequestHeader request, Conversation conversation, int doneBytes) {
        int leftBytes = (int) Math.min(request.lengthBytes(), MAX_BYTES) - doneBytes;
        if (leftBytes == 0 || !conversation.channel().isActive()) {
            answer(conversation, () -> conversation.succeed(request));
            return;
        }
        try {
            workers.execute(() -> warmPiece(request, conversation, doneBytes, leftBytes));
        } catch (RejectedExecutionException e) {
            answer(conversation, () -> conversation.fail(request, Failure.of(e)));
        }
    }

    private void warmPiece(RequestHeader request, Conversation conversation, int doneBytes, int leftBytes) {
        int lengthBytes;
        try {
            lengthBytes = readFirst(request.offsetBytes() + doneBytes, leftBytes, conversation);
        } catch (Exception | Error e) {
            answer(conversation, () -> conversation.fail(request, Failure.of(e)));
            return;
        }
        warm(request, conversation, doneBytes + lengthBytes);
    }

    private int readFirst(long offsetBytes, int leftBytes, Conversation conversation) throws IOException {
        Run run = Run.first(device, offsetBytes, leftBytes, PIECE_BYTES, MIN_HOLE_BYTES);
        if (!run.hole()) {
            ByteBuf scratch = conversation.channel().alloc().directBuffer(run.lengthBytes());
            try {
                device.read(offsetBytes, scratch.nioBuffer(0, run.lengthBytes()));
            } finally {
                scratch.release();
            }
        }
        return run.lengthBytes();
    }

    private static void answer(Conversation conversation, Runnable reply) {
        try {
            conversation.channel().eventLoop().execute(reply);
        } catch (RejectedExecutionException serverIsGone) {
            // and with it the connection, so nobody waits for the reply
        }
    }
}
