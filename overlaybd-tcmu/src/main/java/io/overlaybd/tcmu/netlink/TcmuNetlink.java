package io.overlaybd.tcmu.netlink;

import io.overlaybd.io.sys.NetlinkSocket;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of devices from the kernel, and replies. From {@link #open} on the kernel waits for a reply to each event.
 *
 * <p>Thread-safety: one thread at a time receives, any replies.
 */
public final class TcmuNetlink implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(TcmuNetlink.class);

    private static final int GENERIC = 16;
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;
    private static final int DATAGRAM_BYTES = 16 << 10;

    private static final int CONTROLLER = 16;
    private static final int CONTROLLER_VERSION = 1;
    private static final int GET_FAMILY = 3;
    private static final int FAMILY_ID = 1;
    private static final int FAMILY_NAME = 2;
    private static final int FAMILY_GROUPS = 7;
    private static final int GROUP_NAME = 1;
    private static final int GROUP_ID = 2;

    private static final String FAMILY = "TCM-USER";
    private static final String GROUP = "config";
    private static final int VERSION = 2;
    private static final int SET_FEATURES = 7;
    private static final int DEVICE = 1;
    private static final int MINOR = 2;
    private static final int STATUS = 7;
    private static final int DEVICE_ID = 8;
    private static final int REPLIES_SUPPORTED = 9;

    private static final int EOPNOTSUPP = 95;

    private final NetlinkSocket socket;
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(DATAGRAM_BYTES);
    private final Queue<TcmuEvent> early = new ArrayDeque<>(); // came while the kernel was asked something
    private int family;
    private int lostMessages;

    private TcmuNetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Joins the group of TCMU and announces that events will be replied to.
     *
     * @throws IOException if the module is not loaded, or the process may not administer the network
     */
    public static TcmuNetlink open() throws IOException {
        TcmuNetlink netlink = new TcmuNetlink(NetlinkSocket.open(GENERIC, RECEIVE_BUFFER_BYTES));
        try {
            netlink.join();
            netlink.announceReplies();
            return netlink;
        } catch (IOException | RuntimeException e) {
            netlink.close();
            throw e;
        }
    }

    private void join() throws IOException {
        ByteBuffer request = NetlinkMessage.request(CONTROLLER, 0, GET_FAMILY, CONTROLLER_VERSION);
        socket.send(NetlinkMessage.finish(NetlinkMessage.add(request, FAMILY_NAME, zeroTerminated(FAMILY))));
        NetlinkMessage answer = answer(CONTROLLER);
        if (answer.type() == NetlinkMessage.TYPE_ERROR || !answer.has(FAMILY_ID, 2)) {
            throw new IOException("the kernel does not know " + FAMILY + " (error " + answer.error()
                    + "): load the module target_core_user");
        }
        family = answer.u16(FAMILY_ID);
        socket.join(group(answer).orElseThrow(() -> new IOException(FAMILY + " has no group " + GROUP)));
    }

    private static byte[] zeroTerminated(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    static Optional<Integer> group(NetlinkMessage familyAnswer) {
        if (!familyAnswer.has(FAMILY_GROUPS, 0)) {
            return Optional.empty();
        }
        ByteBuffer groups = familyAnswer.attributes().get(FAMILY_GROUPS);
        return NetlinkMessage.attributes(groups).values().stream()
                .map(NetlinkMessage::attributes)
                .filter(group -> group.containsKey(GROUP_NAME) && group.containsKey(GROUP_ID))
                .filter(group -> NetlinkMessage.text(group.get(GROUP_NAME)).equals(GROUP))
                .map(group -> group.get(GROUP_ID).getInt(0))
                .findFirst();
    }

    private void announceReplies() throws IOException {
        ByteBuffer request = NetlinkMessage.request(family, NetlinkMessage.FLAG_ACKNOWLEDGE, SET_FEATURES, VERSION);
        socket.send(NetlinkMessage.finish(NetlinkMessage.add(request, REPLIES_SUPPORTED, new byte[] {1})));
        int error = answer(NetlinkMessage.TYPE_ERROR).error();
        if (error == -EOPNOTSUPP) {
            LOG.warn("this kernel does not wait for devices to be opened");
        } else if (error != 0) {
            throw new IOException("the kernel refuses replies (error " + error + "): is this root?");
        }
    }

    /** The answer to a request: a message of the type, or an error; events on the way are kept. */
    private NetlinkMessage answer(int type) throws IOException {
        while (socket.receive(datagram)) {
            NetlinkMessage message = NetlinkMessage.decode(datagram);
            if (message != null && (message.type() == type || message.type() == NetlinkMessage.TYPE_ERROR)) {
                return message;
            }
            event(message, family).ifPresent(early::add);
        }
        throw new IOException("the kernel does not answer");
    }

    /** The number of the descriptor to wait for events with. */
    public int descriptor() {
        return socket.number();
    }

    /** The next event, if there is one; does not wait. */
    public Optional<TcmuEvent> poll() throws IOException {
        if (!early.isEmpty()) {
            return Optional.of(early.remove());
        }
        while (socket.receive(datagram)) {
            NetlinkMessage message = NetlinkMessage.decode(datagram);
            Optional<TcmuEvent> event = event(message, family);
            if (event.isPresent()) {
                return event;
            }
            LOG.debug("not understood: {}", message);
        }
        return Optional.empty();
    }

    /**
     * Whether the kernel had no room for an event since this was last asked. To be asked when there is no event any more: room is
     * short only while there are some.
     */
    public boolean hasLostEvents() {
        int before = lostMessages;
        lostMessages = socket.lostMessages();
        return lostMessages != before;
    }

    /** The event that a message tells of, if it does. */
    static Optional<TcmuEvent> event(NetlinkMessage message, int family) {
        if (message == null
                || message.type() != family
                || message.version() < VERSION
                || !(message.has(DEVICE, 1) && message.has(MINOR, 4) && message.has(DEVICE_ID, 4))) {
            return Optional.empty();
        }
        return Arrays.stream(TcmuEvent.Kind.values())
                .filter(kind -> kind.command() == message.command())
                .map(kind -> new TcmuEvent(kind, message.u32(DEVICE_ID), message.u32(MINOR), message.text(DEVICE)))
                .findFirst();
    }

    /**
     * Replies to an event. To be called once for each: a second reply would be taken for one to the device's next event.
     *
     * @param status 0 or -errno
     */
    public void reply(TcmuEvent event, int status) throws IOException {
        socket.send(reply(family, event, status));
    }

    static ByteBuffer reply(int family, TcmuEvent event, int status) {
        ByteBuffer reply = NetlinkMessage.request(family, 0, event.kind().reply(), VERSION);
        NetlinkMessage.add(reply, STATUS, status);
        return NetlinkMessage.finish(NetlinkMessage.add(reply, DEVICE_ID, event.deviceId()));
    }

    /** Idempotent. */
    @Override
    public void close() {
        socket.close();
    }
}
