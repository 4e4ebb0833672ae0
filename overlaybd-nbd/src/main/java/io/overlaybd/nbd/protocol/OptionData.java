package io.overlaybd.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

/** The data of one option, read front to back; what does not fit is a {@link ProtocolException}. Thread-confined. */
public final class OptionData {

    private final ByteBuf data;

    /** Reads from the reader index of {@code data}, which it neither copies nor releases. */
    public OptionData(ByteBuf data) {
        this.data = data;
    }

    /** The next two bytes as a number. */
    public int u16() throws ProtocolException {
        need(Short.BYTES);
        return data.readUnsignedShort();
    }

    /** The next four bytes as a number. */
    public long u32() throws ProtocolException {
        need(Integer.BYTES);
        return data.readUnsignedInt();
    }

    /** A text behind its own length. */
    public String text() throws ProtocolException {
        long lengthBytes = u32();
        if (lengthBytes > Texts.MAX_BYTES) {
            throw new ProtocolException("a text: expected at most " + Texts.MAX_BYTES + " bytes, found " + lengthBytes);
        }
        return text((int) lengthBytes);
    }

    /** All that is left, as text. */
    public String rest() throws ProtocolException {
        return text(data.readableBytes());
    }

    private String text(int lengthBytes) throws ProtocolException {
        need(lengthBytes);
        return data.readCharSequence(lengthBytes, StandardCharsets.UTF_8).toString();
    }

    /** Passes if nothing is left. */
    public void end() throws ProtocolException {
        if (data.isReadable()) {
            throw new ProtocolException(data.readableBytes() + " bytes too many in the data of the option");
        }
    }

    private void need(int count) throws ProtocolException {
        if (data.readableBytes() < count) {
            throw new ProtocolException("the data of the option end too early: expected " + count
                    + " more bytes, found " + data.readableBytes());
        }
    }
}
