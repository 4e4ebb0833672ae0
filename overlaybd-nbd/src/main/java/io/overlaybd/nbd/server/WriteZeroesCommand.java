package io.overlaybd.nbd.server;

import io.overlaybd.nbd.protocol.CommandCode;
import io.overlaybd.nbd.protocol.ErrorCode;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.io.IOException;

/** Makes a range zero: without data, which is fast, unless the client wants space to be taken up, which is not. */
final class WriteZeroesCommand extends ChangingCommand {

    WriteZeroesCommand(SectorWriter writer, DeviceWorkers workers) {
        super(writer, workers, CommandCode.FLAG_NO_HOLE | CommandCode.FLAG_FAST_ZERO);
    }

    @Override
    Failure refusal(RequestHeader request) {
        return request.has(CommandCode.FLAG_FAST_ZERO) && request.has(CommandCode.FLAG_NO_HOLE)
                ? new Failure(ErrorCode.ENOTSUP, "WRITE_ZEROES: without a hole it is no faster than writing")
                : null;
    }

    @Override
    void change(RequestHeader request) throws IOException {
        writer().zero(request.offsetBytes(), request.lengthBytes(), request.has(CommandCode.FLAG_NO_HOLE));
    }
}
