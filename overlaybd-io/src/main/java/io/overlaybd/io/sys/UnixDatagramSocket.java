package io.overlaybd.io.sys;

import com.kenai.jffi.MemoryIO;
import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Sends datagrams to a Unix socket of this machine, which the JDK cannot. Never waits: what the receiver has no room for is an
 * error. Thread-safe: guarded by the monitor.
 */
public final class UnixDatagramSocket implements Closeable {

    private static final int PATH_OFFSET = 2;
    private static final int PATH_BYTES = 108;

    private final String peer;
    private final int number;
    private boolean closed;

    private UnixDatagramSocket(String peer, int number) {
        this.peer = peer;
        this.number = number;
    }

    /**
     * A socket whose datagrams go to another one.
     *
     * @param peer the path of the other one, or, if it begins with {@code @}, a name that is in no file system
     * @throws IOException if there is nobody, or the path is longer than the kernel's 107 bytes
     */
    public static UnixDatagramSocket connect(String peer) throws IOException {
        byte[] path = peer.getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length >= PATH_BYTES) {
            throw new IOException(peer + ": a name of " + path.length + " bytes, expected 1 to " + (PATH_BYTES - 1));
        }
        int number = LibC.INSTANCE.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (number < 0) {
            throw LibC.failure(peer + ": cannot open a socket");
        }
        UnixDatagramSocket socket = new UnixDatagramSocket(peer, number);
        try {
            socket.connect(path);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** A name in no file system has a zero for its {@code @} and ends with the address; a path has a zero behind it. */
    private void connect(byte[] path) throws IOException {
        boolean isAbstract = path[0] == '@';
        ByteBuffer address = ByteBuffer.allocateDirect(PATH_OFFSET + PATH_BYTES).order(ByteOrder.nativeOrder());
        address.putShort(0, (short) LibC.AF_UNIX);
        address.put(PATH_OFFSET, path);
        if (isAbstract) {
            address.put(PATH_OFFSET, (byte) 0);
        }
        int lengthBytes = PATH_OFFSET + path.length + (isAbstract ? 0 : 1);
        int result = LibC.INSTANCE.connect(number, address(address), lengthBytes);
        Reference.reachabilityFence(address);
        if (result < 0) {
            throw LibC.failure(peer + ": cannot connect");
        }
    }

    /** Sends one datagram, whole. */
    public synchronized void send(String text) throws IOException {
        if (closed) {
            throw new IOException(peer + ": is closed");
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
        long sent = LibC.INSTANCE.send(number, address(message), bytes.length, LibC.MSG_DONTWAIT);
        Reference.reachabilityFence(message);
        if (sent != bytes.length) {
            throw LibC.failure(peer + ": cannot send");
        }
    }

    private static long address(ByteBuffer direct) {
        return MemoryIO.getInstance().getDirectBufferAddress(direct);
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LibC.INSTANCE.close(number);
        }
    }
}
