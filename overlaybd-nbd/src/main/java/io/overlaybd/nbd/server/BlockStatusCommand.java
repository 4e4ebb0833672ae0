package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.BlockDevice.ExtentKind;
import io.overlaybd.nbd.protocol.Chunk;
import io.overlaybd.nbd.protocol.CommandCode;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.io.IOException;

/** Tells what is stored in a range; as a reply may end early, never more than {@link #MAX_EXTENTS} extents. */
final class BlockStatusCommand implements Command {

    static final int MAX_EXTENTS = 1024;

    private static final int STATUS_HOLE = 1;
    private static final int STATUS_ZERO = 1 << 1;

    private final BlockDevice device;

    BlockStatusCommand(BlockDevice device) {
        this.device = device;
    }

    @Override
    public int flags(Agreement agreement) {
        return CommandCode.FLAG_REQ_ONE;
    }

    @Override
    public boolean hasRange() {
        return true;
    }

    @Override
    public void begin(RequestHeader request, Conversation conversation) {
        if (!conversation.agreement().allocationContext()) {
            conversation.fail(request, Failure.invalid("BLOCK_STATUS: no context was selected"));
        } else if (request.lengthBytes() == 0) {
            conversation.fail(request, Failure.invalid("BLOCK_STATUS: of no bytes"));
        } else {
            tell(request, conversation);
        }
    }

    private void tell(RequestHeader request, Conversation conversation) {
        ByteBuf chunk = conversation.smallReply();
        Chunk.beginStatus(chunk, MetaContexts.ALLOCATION_ID);
        int firstExtent = chunk.writerIndex();
        int maxExtents = request.has(CommandCode.FLAG_REQ_ONE) ? 1 : MAX_EXTENTS;
        try {
            device.extents(request.offsetBytes(), request.lengthBytes(), (offsetBytes, lengthBytes, kind) -> {
                chunk.writeInt((int) lengthBytes).writeInt(status(kind)); // unsigned, as is the length asked for
                return chunk.writerIndex() - firstExtent < maxExtents * 2 * Integer.BYTES;
            });
        } catch (IOException | RuntimeException e) {
            chunk.release();
            conversation.fail(request, Failure.of(e));
            return;
        }
        Chunk.endStatus(chunk, request);
        conversation.send(chunk, 0, true);
    }

    private static int status(ExtentKind kind) {
        return switch (kind) {
            case DATA -> 0;
            case ZERO -> STATUS_ZERO;
            case HOLE -> STATUS_ZERO | STATUS_HOLE;
        };
    }
}
