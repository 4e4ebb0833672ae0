package io.overlaybd.tools.doctor;

import io.overlaybd.io.sys.NetlinkSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whether the kernel would tell a daemon of devices. It is asked for the family {@code TCM-USER} of generic netlink:
 *
 * <pre>
 *  0  u32 length          4  u16 type: 16, the controller   6  u16 flags: 1, a request
 *  8  u32 sequence       12  u32 port: 0, the kernel
 * 16  u8  command: 3, get a family   17  u8 version: 1      18  u16 0
 * 20  u16 length of the attribute    22  u16 2, its name    24  the name, with a zero behind it
 *
 *  answer: as above, or type 2 with an i32 at 16, the negative error number
 * </pre>
 */
record NetlinkCheck() implements Check {

    private static final int GENERIC = 16;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final short CONTROLLER = 16;
    private static final short REQUEST = 1;
    private static final byte GET_FAMILY = 3;
    private static final short FAMILY_NAME = 2;
    private static final int ATTRIBUTE_OFFSET = 20;
    private static final int NAME_OFFSET = 24;
    private static final int TYPE_OFFSET = 4;
    private static final int ERROR_TYPE = 2;
    private static final int ERROR_OFFSET = 16;
    private static final String FAMILY = "TCM-USER";

    @Override
    public String subject() {
        return "netlink";
    }

    @Override
    public List<Finding> look() {
        try (NetlinkSocket socket = NetlinkSocket.open(GENERIC, BUFFER_BYTES)) {
            socket.send(request());
            ByteBuffer answer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder());
            boolean answered = socket.receive(answer);
            boolean known = answered && answer.getShort(TYPE_OFFSET) != ERROR_TYPE;
            return List.of(known ? Finding.ok(subject(), "the kernel knows " + FAMILY) : unknown(answered, answer));
        } catch (IOException e) {
            return List.of(
                    Finding.fail(subject(), e.getMessage(), "run this, and the daemon, as root with CAP_NET_ADMIN"));
        }
    }

    private Finding unknown(boolean answered, ByteBuffer answer) {
        String error = answered ? "error " + answer.getInt(ERROR_OFFSET) : "no answer";
        return Finding.fail(
                subject(), "the kernel does not know " + FAMILY + " (" + error + ")", "modprobe target_core_user");
    }

    private static ByteBuffer request() {
        byte[] name = (FAMILY + "\0").getBytes(StandardCharsets.US_ASCII);
        int length = NAME_OFFSET + name.length;
        ByteBuffer request = ByteBuffer.allocateDirect((length + 3) / 4 * 4).order(ByteOrder.nativeOrder());
        request.putInt(0, request.capacity());
        request.putShort(TYPE_OFFSET, CONTROLLER);
        request.putShort(TYPE_OFFSET + 2, REQUEST);
        request.put(ERROR_OFFSET, GET_FAMILY);
        request.put(ERROR_OFFSET + 1, (byte) 1);
        request.putShort(ATTRIBUTE_OFFSET, (short) (length - ATTRIBUTE_OFFSET));
        request.putShort(ATTRIBUTE_OFFSET + 2, FAMILY_NAME);
        request.put(NAME_OFFSET, name);
        return request;
    }
}
