package io.overlaybd.nbd.server;

import io.overlaybd.nbd.protocol.RequestHeader;
import java.io.IOException;

/** Gives back a range that the client does not need any more: what is whole sectors of it reads as zeros from then on. */
final class TrimCommand extends ChangingCommand {

    TrimCommand(SectorWriter writer, DeviceWorkers workers) {
        super(writer, workers, 0);
    }

    @Override
    void change(RequestHeader request) throws IOException {
        writer().trim(request.offsetBytes(), request.lengthBytes());
    }
}
