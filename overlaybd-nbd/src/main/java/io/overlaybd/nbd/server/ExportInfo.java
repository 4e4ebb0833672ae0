package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.overlaybd.nbd.protocol.Info;
import io.overlaybd.nbd.protocol.OptionData;
import io.overlaybd.nbd.protocol.OptionHeader;
import io.overlaybd.nbd.protocol.OptionReply;
import io.overlaybd.nbd.protocol.TransmissionFlag;
import java.net.ProtocolException;
import java.util.Set;
import java.util.TreeSet;

/** The answer to {@code INFO} and {@code GO}: {@code u32 length, name, u16 count, count * u16 item} asks for items. */
final class ExportInfo {

    private ExportInfo() {}

    /** Appends the items asked for, each once; answers whether there is such an export. */
    static boolean answer(Export export, boolean structuredReplies, OptionHeader option, OptionData data, ByteBuf out)
            throws ProtocolException {
        String name = data.text();
        Set<Integer> items = new TreeSet<>(Set.of(Info.EXPORT));
        for (int left = data.u16(); left > 0; left--) {
            items.add(data.u16());
        }
        data.end();
        if (!name.equals(Export.NAME)) {
            OptionReply.ERR_UNKNOWN_EXPORT.encode(out, option, "the only export has the empty name");
            return false;
        }
        for (int item : items) {
            encode(export, structuredReplies, item, option, out);
        }
        OptionReply.ACK.encode(out, option);
        return true;
    }

    private static void encode(Export export, boolean structuredReplies, int item, OptionHeader option, ByteBuf out) {
        if (item > Info.BLOCK_SIZE) {
            return; // an item of later days may be left out
        }
        int start = OptionReply.INFO.begin(out, option);
        out.writeShort(item);
        switch (item) {
            case Info.EXPORT ->
                out.writeLong(export.device().sizeBytes())
                        .writeShort(TransmissionFlag.encode(export.flags(structuredReplies)));
            case Info.NAME -> ByteBufUtil.writeUtf8(out, Export.NAME);
            case Info.DESCRIPTION -> ByteBufUtil.writeUtf8(out, export.description());
            default ->
                out.writeInt(export.minBlockBytes())
                        .writeInt(Export.PREFERRED_BLOCK_BYTES)
                        .writeInt(Export.MAX_BLOCK_BYTES);
        }
        OptionReply.end(out, start);
    }
}
