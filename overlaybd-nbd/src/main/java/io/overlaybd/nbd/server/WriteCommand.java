package io.overlaybd.nbd.server;

import io.overlaybd.nbd.protocol.RequestHeader;

/** Writes what follows the request. */
final class WriteCommand extends ChangingCommand {

    WriteCommand(SectorWriter writer, DeviceWorkers workers) {
        super(writer, workers, 0);
    }

    /** A write with data, which take the answer upon themselves. */
    Incoming receive(RequestHeader request, Conversation conversation) {
        return request.lengthBytes() > Export.MAX_BLOCK_BYTES
                ? new SkippedPayload(
                        request, conversation, Failure.invalid("WRITE: more than " + Export.MAX_BLOCK_BYTES + " bytes"))
                : new IncomingWrite(request, conversation, writer(), workers());
    }

    @Override
    void change(RequestHeader request) {
        // of no bytes
    }
}
