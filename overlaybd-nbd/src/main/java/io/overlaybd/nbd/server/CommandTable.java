package io.overlaybd.nbd.server;

import io.overlaybd.nbd.protocol.CommandCode;
import io.overlaybd.nbd.protocol.ErrorCode;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.util.EnumMap;
import java.util.Map;

/**
 * The commands that an export serves. What it knows but does not serve, since it would change a read-only device, is not
 * permitted. Immutable.
 */
final class CommandTable {

    private final Export export;
    private final int flagsOfAll;
    private final Map<CommandCode, Command> commands = new EnumMap<>(CommandCode.class);

    private WriteCommand write;

    private CommandTable(Export export, DeviceWorkers workers) {
        this.export = export;
        this.flagsOfAll = export.device().isReadOnly() ? 0 : CommandCode.FLAG_FUA;
        commands.put(CommandCode.READ, new ReadCommand(export.device(), workers));
        commands.put(CommandCode.BLOCK_STATUS, new BlockStatusCommand(export.device()));
        commands.put(CommandCode.CACHE, new CacheCommand(export.device(), workers));
        commands.put(CommandCode.FLUSH, (request, conversation) -> conversation.succeed(request));
        commands.put(CommandCode.DISCONNECT, (request, conversation) -> {
            conversation.end();
            conversation.finish();
        });
    }

    /** All commands that make sense for the device of the export. */
    static CommandTable of(Export export, DeviceWorkers workers) {
        CommandTable table = new CommandTable(export, workers);
        if (!export.device().isReadOnly()) {
            table.addChanging(new SectorWriter(export.device()), workers);
        }
        return table;
    }

    private void addChanging(SectorWriter writer, DeviceWorkers workers) {
        write = new WriteCommand(writer, workers);
        commands.put(CommandCode.WRITE, write);
        commands.put(CommandCode.TRIM, new TrimCommand(writer, workers));
        commands.put(CommandCode.WRITE_ZEROES, new WriteZeroesCommand(writer, workers));
        commands.put(
                CommandCode.FLUSH,
                (request, conversation) -> Offloaded.run(request, conversation, workers, writer::flush));
    }

    /** Whether the reply cannot share the connection with others while it is sent. */
    boolean needsToBeAlone(RequestHeader request, Agreement agreement) {
        Command command = commands.get(request.command());
        return command != null && command.needsToBeAlone(request, agreement);
    }

    /** Serves or refuses a request. */
    void begin(RequestHeader request, Conversation conversation) {
        Failure refusal = refusal(request, conversation.agreement());
        if (refusal == null) {
            commands.get(request.command()).begin(request, conversation);
        } else {
            conversation.fail(request, refusal);
        }
    }

    /** Serves or refuses a request that data follow, which only a write is. */
    Incoming receive(RequestHeader request, Conversation conversation) {
        Failure refusal = refusal(request, conversation.agreement());
        return refusal == null
                ? write.receive(request, conversation)
                : new SkippedPayload(request, conversation, refusal);
    }

    private Failure refusal(RequestHeader request, Agreement agreement) {
        Command command = commands.get(request.command());
        return command == null ? notServed(request) : defect(request, command, agreement);
    }

    private static Failure notServed(RequestHeader request) {
        return request.command() == CommandCode.UNKNOWN
                ? Failure.invalid("unknown command " + request.commandNumber())
                : new Failure(ErrorCode.EPERM, request.command() + ": the export is read-only");
    }

    private Failure defect(RequestHeader request, Command command, Agreement agreement) {
        int unknown = request.flags() & ~(command.flags(agreement) | flagsOfAll);
        if (unknown != 0) {
            return Failure.invalid(request.command() + ": unknown flags 0x" + Integer.toHexString(unknown));
        }
        long sizeBytes = export.device().sizeBytes();
        if (command.hasRange()
                && (request.offsetBytes() < 0 || request.lengthBytes() > sizeBytes - request.offsetBytes())) {
            return new Failure(
                    outOfRange(request.command()),
                    request.command() + ": " + request.lengthBytes() + " bytes at byte "
                            + Long.toUnsignedString(request.offsetBytes()) + " of " + sizeBytes);
        }
        return null;
    }

    /** The protocol has it so that there is no space where there is no disk. */
    private static ErrorCode outOfRange(CommandCode command) {
        return command == CommandCode.WRITE || command == CommandCode.WRITE_ZEROES
                ? ErrorCode.ENOSPC
                : ErrorCode.EINVAL;
    }
}
