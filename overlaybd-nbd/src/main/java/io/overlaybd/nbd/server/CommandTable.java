package io.overlaybd.nbd.server;

import io.overlaybd.nbd.protocol.CommandCode;
import io.overlaybd.nbd.protocol.ErrorCode;
import io.overlaybd.nbd.protocol.RequestHeader;
import java.util.EnumMap;
import java.util.Map;

/** The commands that an export serves. What it knows but does not serve is not permitted. Immutable. */
final class CommandTable {

    private final Export export;
    private final Map<CommandCode, Command> commands = new EnumMap<>(CommandCode.class);

    private CommandTable(Export export) {
        this.export = export;
    }

    /** Everything but what changes the device. */
    static CommandTable readOnly(Export export, DeviceWorkers workers) {
        CommandTable table = new CommandTable(export);
        table.commands.put(CommandCode.READ, new ReadCommand(export.device(), workers));
        table.commands.put(CommandCode.BLOCK_STATUS, new BlockStatusCommand(export.device()));
        table.commands.put(CommandCode.CACHE, new CacheCommand(export.device(), workers));
        table.commands.put(CommandCode.FLUSH, (request, conversation) -> conversation.succeed(request));
        table.commands.put(CommandCode.DISCONNECT, (request, conversation) -> {
            conversation.end();
            conversation.finish();
        });
        return table;
    }

    /** Whether the reply cannot share the connection with others while it is sent. */
    boolean needsToBeAlone(RequestHeader request, Agreement agreement) {
        Command command = commands.get(request.command());
        return command != null && command.needsToBeAlone(request, agreement);
    }

    /** Serves or refuses a request. */
    void begin(RequestHeader request, Conversation conversation) {
        Command command = commands.get(request.command());
        Failure refusal = command == null ? notServed(request) : defect(request, command, conversation.agreement());
        if (refusal == null) {
            command.begin(request, conversation);
        } else {
            conversation.fail(request, refusal);
        }
    }

    private static Failure notServed(RequestHeader request) {
        return request.command() == CommandCode.UNKNOWN
                ? Failure.invalid("unknown command " + request.commandNumber())
                : new Failure(ErrorCode.EPERM, request.command() + ": the export is read-only");
    }

    private Failure defect(RequestHeader request, Command command, Agreement agreement) {
        int unknown = request.flags() & ~command.flags(agreement);
        if (unknown != 0) {
            return Failure.invalid(request.command() + ": unknown flags 0x" + Integer.toHexString(unknown));
        }
        long sizeBytes = export.device().sizeBytes();
        if (command.hasRange()
                && (request.offsetBytes() < 0 || request.lengthBytes() > sizeBytes - request.offsetBytes())) {
            return Failure.invalid(request.command() + ": " + request.lengthBytes() + " bytes at byte "
                    + Long.toUnsignedString(request.offsetBytes()) + " of " + sizeBytes);
        }
        return null;
    }
}
