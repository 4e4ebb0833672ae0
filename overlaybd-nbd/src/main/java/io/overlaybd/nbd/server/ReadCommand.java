package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.nbd.protocol.CommandCode;
import io.overlaybd.nbd.protocol.ErrorCode;
import io.overlaybd.nbd.protocol.RequestHeader;

/** Reads, in the form that was agreed on. */
final class ReadCommand implements Command {

    /** What is read in one go where a reply must not be cut: a simple one, or one with the flag DF. */
    static final int MAX_WHOLE_BYTES = 4 << 20;

    private final BlockDevice device;
    private final PieceReader reader;

    ReadCommand(BlockDevice device, DeviceWorkers workers) {
        this.device = device;
        this.reader = new PieceReader(device, workers);
    }

    @Override
    public int flags(Agreement agreement) {
        return agreement.structuredReplies() ? CommandCode.FLAG_DF : 0;
    }

    @Override
    public boolean hasRange() {
        return true;
    }

    /** A long simple reply is sent in parts that nothing may come between. */
    @Override
    public boolean needsToBeAlone(RequestHeader request, Agreement agreement) {
        return !agreement.structuredReplies() && request.lengthBytes() > MAX_WHOLE_BYTES;
    }

    @Override
    public void begin(RequestHeader request, Conversation conversation) {
        if (request.lengthBytes() > Export.MAX_BLOCK_BYTES) {
            conversation.fail(request, Failure.invalid("READ: more than " + Export.MAX_BLOCK_BYTES + " bytes"));
        } else if (request.has(CommandCode.FLAG_DF) && request.lengthBytes() > MAX_WHOLE_BYTES) {
            conversation.fail(
                    request, new Failure(ErrorCode.EOVERFLOW, "READ: with DF at most " + MAX_WHOLE_BYTES + " bytes"));
        } else if (conversation.agreement().structuredReplies()) {
            StructuredRead.begin(request, conversation, device, reader);
        } else {
            SimpleRead.begin(request, conversation, reader);
        }
    }
}
