package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.overlaybd.nbd.protocol.OptionData;
import io.overlaybd.nbd.protocol.OptionHeader;
import io.overlaybd.nbd.protocol.OptionReply;
import java.net.ProtocolException;

/**
 * The one kind of block status there is, {@code base:allocation}, and whether a client selected it. Both options carry
 * {@code u32 length, name of the export, u32 count, count * (u32 length, query)}. Thread-confined.
 */
final class MetaContexts {

    /** The number by which a block status names the context. */
    static final int ALLOCATION_ID = 1;

    private static final String ALLOCATION = "base:allocation";
    private static final String ALL_OF_BASE = "base:";

    private boolean allocation;

    boolean allocation() {
        return allocation;
    }

    /** Tells the contexts that fit; all if there is no query. */
    void list(OptionHeader option, OptionData data, ByteBuf out) throws ProtocolException {
        String name = data.text();
        long queries = data.u32();
        boolean wanted = anyIs(data, queries, true) || queries == 0;
        if (isOurs(name, option, out)) {
            answer(wanted, 0, option, out);
        }
    }

    /** Selects the contexts that are named in full, and no others from before. */
    void set(OptionHeader option, OptionData data, ByteBuf out) throws ProtocolException {
        allocation = false;
        String name = data.text();
        boolean wanted = anyIs(data, data.u32(), false);
        if (isOurs(name, option, out)) {
            allocation = wanted;
            answer(wanted, ALLOCATION_ID, option, out);
        }
    }

    private static boolean anyIs(OptionData data, long queries, boolean wildcard) throws ProtocolException {
        boolean found = false;
        for (long left = queries; left > 0; left--) { // each takes four bytes at least, so the data bound this
            String query = data.text();
            found |= query.equals(ALLOCATION) || wildcard && query.equals(ALL_OF_BASE);
        }
        data.end();
        return found;
    }

    private static boolean isOurs(String name, OptionHeader option, ByteBuf out) {
        if (!name.equals(Export.NAME)) {
            OptionReply.ERR_UNKNOWN_EXPORT.encode(out, option, "the only export has the empty name");
            return false;
        }
        return true;
    }

    private static void answer(boolean wanted, int id, OptionHeader option, ByteBuf out) {
        if (wanted) {
            int start = OptionReply.META_CONTEXT.begin(out, option);
            out.writeInt(id);
            ByteBufUtil.writeUtf8(out, ALLOCATION);
            OptionReply.end(out, start);
        }
        OptionReply.ACK.encode(out, option);
    }
}
