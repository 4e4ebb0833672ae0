package io.overlaybd.io.sys;

import com.kenai.jffi.MemoryIO;
import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A socket to the kernel, which never waits. What the kernel has to say about a request is there when sending returns.
 *
 * <p>Thread-safety: any thread may send; one at a time may receive. Who closes makes sure that nobody does either.
 */
public final class NetlinkSocket implements Closeable {

    private static final int ADDRESS_BYTES = 12;

    private final int number;
    private boolean closed;

    private NetlinkSocket(int number) {
        this.number = number;
    }

    /**
     * A bound socket that loses as little as can be: its buffer is enlarged at once, where allowed, since a message that the
     * kernel drops is one that somebody waits for.
     */
    public static NetlinkSocket open(int protocol, int receiveBufferBytes) throws IOException {
        int type = LibC.SOCK_RAW | LibC.SOCK_CLOEXEC;
        int number = LibC.INSTANCE.socket(LibC.AF_NETLINK, type, protocol);
        if (number < 0) {
            throw LibC.failure("cannot open a netlink socket");
        }
        NetlinkSocket socket = new NetlinkSocket(number);
        try {
            socket.bind();
            socket.set(LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, receiveBufferBytes, "set its buffer");
            socket.set(LibC.SOL_NETLINK, LibC.NETLINK_NO_ENOBUFS, 1, "keep it from errors");
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void bind() throws IOException {
        ByteBuffer address = ByteBuffer.allocateDirect(ADDRESS_BYTES).order(ByteOrder.nativeOrder());
        address.putShort(0, (short) LibC.AF_NETLINK);
        int result = LibC.INSTANCE.bind(number, address(address), ADDRESS_BYTES);
        Reference.reachabilityFence(address);
        if (result < 0) {
            throw LibC.failure("cannot bind a netlink socket");
        }
    }

    /** Receives what a multicast group is told from now on. */
    public void join(int group) throws IOException {
        set(LibC.SOL_NETLINK, LibC.NETLINK_ADD_MEMBERSHIP, group, "join group " + group);
    }

    private void set(int level, int option, int value, String what) throws IOException {
        ByteBuffer word = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
        word.putInt(0, value);
        int result = LibC.INSTANCE.setsockopt(number, level, option, address(word), Integer.BYTES);
        Reference.reachabilityFence(word);
        if (result < 0) {
            throw LibC.failure("netlink socket: cannot " + what);
        }
    }

    /** The number of the descriptor, valid until closed, to wait for messages with. */
    public int number() {
        return number;
    }

    /** Sends a direct buffer, from position to limit, as one message. */
    public void send(ByteBuffer message) throws IOException {
        long sent = LibC.INSTANCE.send(number, address(message) + message.position(), message.remaining(), 0);
        Reference.reachabilityFence(message);
        if (sent != message.remaining()) {
            throw LibC.failure("cannot send to the kernel");
        }
    }

    /**
     * Puts the next message at the begin of a direct buffer and sets its limit behind it; what does not fit is lost.
     *
     * @return false if there is none
     */
    public boolean receive(ByteBuffer message) throws IOException {
        message.clear();
        long count;
        do {
            count = LibC.INSTANCE.recv(number, address(message), message.capacity(), LibC.MSG_DONTWAIT);
        } while (count < 0 && LibC.errno() == LibC.EINTR);
        Reference.reachabilityFence(message);
        if (count < 0 && LibC.errno() != LibC.EAGAIN) {
            throw LibC.failure("cannot receive from the kernel");
        }
        message.limit((int) Math.max(count, 0));
        return count >= 0;
    }

    /**
     * A number that grows, modulo 2^32, with each message that the kernel has no room for, by one or more. Stays 0 before Linux 4.12,
     * which does not tell.
     */
    public int lostMessages() {
        ByteBuffer answer = ByteBuffer.allocateDirect(LibC.MEMINFO_BYTES + Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(LibC.MEMINFO_BYTES, LibC.MEMINFO_BYTES);
        long address = address(answer);
        int result = LibC.INSTANCE.getsockopt(
                number, LibC.SOL_SOCKET, LibC.SO_MEMINFO, address, address + LibC.MEMINFO_BYTES);
        boolean told = result == 0 && answer.getInt(LibC.MEMINFO_BYTES) == LibC.MEMINFO_BYTES;
        int lost = told ? answer.getInt(LibC.MEMINFO_DROPS_OFFSET) : 0;
        Reference.reachabilityFence(answer);
        return lost;
    }

    private static long address(ByteBuffer direct) {
        return MemoryIO.getInstance().getDirectBufferAddress(direct);
    }

    /** Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LibC.INSTANCE.close(number);
        }
    }
}
