package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.overlaybd.nbd.protocol.Greeting;
import io.overlaybd.nbd.protocol.OptionCode;
import io.overlaybd.nbd.protocol.OptionData;
import io.overlaybd.nbd.protocol.OptionHeader;
import io.overlaybd.nbd.protocol.OptionReply;
import io.overlaybd.nbd.protocol.TransmissionFlag;
import java.net.ProtocolException;

/** Answers the options of one client and remembers what was agreed. No I/O; thread-confined. */
final class Negotiation {

    /** What comes after an option. */
    enum Next {
        OPTION,
        TRANSMISSION,
        CLOSE
    }

    private static final int ZEROES_AFTER_EXPORT_BYTES = 124;

    private final Export export;
    private final Greeting client;
    private final MetaContexts contexts = new MetaContexts();
    private boolean structuredReplies;

    Negotiation(Export export, Greeting client) {
        this.export = export;
        this.client = client;
    }

    /** What stands at the end of the handshake. */
    Agreement agreement() {
        return new Agreement(structuredReplies, contexts.allocation());
    }

    /**
     * Appends the answer to an option.
     *
     * @throws ProtocolException if the protocol has no answer but to close the connection
     */
    Next answer(OptionHeader option, ByteBuf data, ByteBuf out) throws ProtocolException {
        if (option.code() == OptionCode.EXPORT_NAME) {
            return exportName(new OptionData(data), out);
        }
        if (!client.fixedNewstyle()) {
            throw new ProtocolException("option " + Integer.toUnsignedString(option.number())
                    + " from a client that did not say that it can take an answer");
        }
        int start = out.writerIndex();
        try {
            return answer(option, new OptionData(data), out);
        } catch (ProtocolException e) {
            out.writerIndex(start);
            OptionReply.ERR_INVALID.encode(out, option, e.getMessage());
            return Next.OPTION;
        }
    }

    private Next answer(OptionHeader option, OptionData data, ByteBuf out) throws ProtocolException {
        switch (option.code()) {
            case ABORT -> {
                OptionReply.ACK.encode(out, option);
                return Next.CLOSE;
            }
            case LIST -> list(option, data, out);
            case INFO -> {
                ExportInfo.answer(export, structuredReplies, option, data, out);
            }
            case GO -> {
                return ExportInfo.answer(export, structuredReplies, option, data, out)
                        ? Next.TRANSMISSION
                        : Next.OPTION;
            }
            case STRUCTURED_REPLY -> {
                data.end();
                structuredReplies = true;
                OptionReply.ACK.encode(out, option);
            }
            case LIST_META_CONTEXT -> {
                needStructuredReplies();
                contexts.list(option, data, out);
            }
            case SET_META_CONTEXT -> {
                needStructuredReplies();
                contexts.set(option, data, out);
            }
            case STARTTLS -> OptionReply.ERR_UNSUPPORTED.encode(out, option, "no TLS here");
            case EXPORT_NAME, UNKNOWN -> OptionReply.ERR_UNSUPPORTED.encode(out, option, "unknown option");
        }
        return Next.OPTION;
    }

    private void needStructuredReplies() throws ProtocolException {
        if (!structuredReplies) {
            throw new ProtocolException("structured replies come first");
        }
    }

    private Next exportName(OptionData data, ByteBuf out) throws ProtocolException {
        String name = data.rest();
        if (!name.equals(Export.NAME)) {
            throw new ProtocolException("there is no export of the name asked for");
        }
        out.writeLong(export.device().sizeBytes()).writeShort(TransmissionFlag.encode(export.flags(structuredReplies)));
        if (!client.noZeroes()) {
            out.writeZero(ZEROES_AFTER_EXPORT_BYTES);
        }
        return Next.TRANSMISSION;
    }

    private static void list(OptionHeader option, OptionData data, ByteBuf out) throws ProtocolException {
        data.end();
        int start = OptionReply.SERVER.begin(out, option);
        out.writeInt(Export.NAME.length());
        OptionReply.end(out, start);
        OptionReply.ACK.encode(out, option);
    }
}
