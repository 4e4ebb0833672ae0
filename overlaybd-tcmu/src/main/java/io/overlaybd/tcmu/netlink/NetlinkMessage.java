package io.overlaybd.tcmu.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A generic netlink message. Native byte order.
 *
 * <pre>
 *  0  u32  length, bytes, with this header
 *  4  u16  type: the family, or 2 for an error
 *  6  u16  flags: 1 request, 4 acknowledge
 *  8  u32  sequence number
 * 12  u32  port of the sender, 0 for the kernel
 * 16  u8   command of the family                      an error: 16  s32  0 or -errno
 * 17  u8   version of the family
 * 20  attributes, each at a multiple of 4:
 *          0  u16  length, bytes, with this header
 *          2  u16  type, in its low 14 bits
 *          4  value
 * </pre>
 *
 * Immutable by agreement: nobody changes the attributes.
 *
 * @param error meaning something for {@link #TYPE_ERROR} only
 */
record NetlinkMessage(int type, int command, int version, int error, Map<Integer, ByteBuffer> attributes) {

    static final int TYPE_ERROR = 2;
    static final int FLAG_REQUEST = 1;
    static final int FLAG_ACKNOWLEDGE = 4;

    private static final int TYPE_OFFSET = 4;
    private static final int FLAGS_OFFSET = 6;
    private static final int COMMAND_OFFSET = 16;
    private static final int VERSION_OFFSET = 17;
    private static final int ATTRIBUTES_OFFSET = 20;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int ATTRIBUTE_TYPE_MASK = 0x3FFF;
    private static final int CAPACITY_BYTES = 512;

    /** Decodes one datagram; null if it is none. */
    static NetlinkMessage decode(ByteBuffer datagram) {
        ByteBuffer in = datagram.slice().order(ByteOrder.nativeOrder());
        if (in.limit() < ATTRIBUTES_OFFSET) {
            return null;
        }
        int length = in.getInt(0);
        if (length < ATTRIBUTES_OFFSET || length > in.limit()) {
            return null;
        }
        int type = Short.toUnsignedInt(in.getShort(TYPE_OFFSET));
        if (type == TYPE_ERROR) {
            return new NetlinkMessage(type, 0, 0, in.getInt(COMMAND_OFFSET), Map.of());
        }
        ByteBuffer attributes = in.slice(ATTRIBUTES_OFFSET, length - ATTRIBUTES_OFFSET);
        return new NetlinkMessage(
                type, in.get(COMMAND_OFFSET) & 0xFF, in.get(VERSION_OFFSET) & 0xFF, 0, attributes(attributes));
    }

    /** Attributes by type; of those with one type the last. Ends at the first that cannot be true. */
    static Map<Integer, ByteBuffer> attributes(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice().order(ByteOrder.nativeOrder());
        Map<Integer, ByteBuffer> attributes = new LinkedHashMap<>();
        for (int at = 0; at <= in.limit() - ATTRIBUTE_HEADER_BYTES; ) {
            int length = Short.toUnsignedInt(in.getShort(at));
            if (length < ATTRIBUTE_HEADER_BYTES || length > in.limit() - at) {
                break;
            }
            int type = in.getShort(at + 2) & ATTRIBUTE_TYPE_MASK;
            int valueBytes = length - ATTRIBUTE_HEADER_BYTES;
            attributes.put(
                    type, in.slice(at + ATTRIBUTE_HEADER_BYTES, valueBytes).order(ByteOrder.nativeOrder()));
            at += length + 3 & ~3;
        }
        return attributes;
    }

    /** Whether an attribute is there with at least so many bytes. */
    boolean has(int attribute, int bytes) {
        ByteBuffer value = attributes.get(attribute);
        return value != null && value.limit() >= bytes;
    }

    int u16(int attribute) {
        return Short.toUnsignedInt(attributes.get(attribute).getShort(0));
    }

    int u32(int attribute) {
        return attributes.get(attribute).getInt(0);
    }

    String text(int attribute) {
        return text(attributes.get(attribute));
    }

    /** Text up to its NUL. */
    static String text(ByteBuffer value) {
        String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    /** Begins a request with its headers; a direct buffer, to which attributes are added. */
    static ByteBuffer request(int family, int flags, int command, int version) {
        ByteBuffer out = ByteBuffer.allocateDirect(CAPACITY_BYTES).order(ByteOrder.nativeOrder());
        out.putShort(TYPE_OFFSET, (short) family).putShort(FLAGS_OFFSET, (short) (FLAG_REQUEST | flags));
        out.put(COMMAND_OFFSET, (byte) command).put(VERSION_OFFSET, (byte) version);
        return out.position(ATTRIBUTES_OFFSET);
    }

    /** Adds an attribute. */
    static ByteBuffer add(ByteBuffer out, int attribute, byte[] value) {
        out.putShort((short) (ATTRIBUTE_HEADER_BYTES + value.length)).putShort((short) attribute);
        out.put(value);
        return out.position(out.position() + 3 & ~3);
    }

    /** Adds a number of 32 bits. */
    static ByteBuffer add(ByteBuffer out, int attribute, int value) {
        out.putShort((short) (ATTRIBUTE_HEADER_BYTES + Integer.BYTES)).putShort((short) attribute);
        return out.putInt(value);
    }

    /** Ends a request: between position and limit is what to send. */
    static ByteBuffer finish(ByteBuffer out) {
        return out.putInt(0, out.position()).flip();
    }
}
