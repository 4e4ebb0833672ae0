package io.overlaybd.nbd.server;

import io.overlaybd.nbd.protocol.CommandCode;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.io.IOException;

/** A command that changes the device within a range; with the flag FUA it is answered once that is durable. */
abstract class ChangingCommand implements Command {

    private final SectorWriter writer;
    private final DeviceWorkers workers;
    private final int flags;

    ChangingCommand(SectorWriter writer, DeviceWorkers workers, int flags) {
        this.writer = writer;
        this.workers = workers;
        this.flags = flags;
    }

    final SectorWriter writer() {
        return writer;
    }

    final DeviceWorkers workers() {
        return workers;
    }

    @Override
    public final int flags(Agreement agreement) {
        return flags;
    }

    @Override
    public final boolean hasRange() {
        return true;
    }

    @Override
    public final void begin(RequestHeader request, Conversation conversation) {
        Failure refusal = refusal(request);
        if (refusal != null) {
            conversation.fail(request, refusal);
            return;
        }
        Offloaded.run(request, conversation, workers, () -> {
            change(request);
            if (request.has(CommandCode.FLAG_FUA)) {
                writer.flush();
            }
        });
    }

    /** What speaks against the request, if anything. */
    Failure refusal(RequestHeader request) {
        return null;
    }

    /** Does it; on a worker. */
    abstract void change(RequestHeader request) throws IOException;
}
