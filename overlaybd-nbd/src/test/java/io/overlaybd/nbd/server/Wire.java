package io.overlaybd.nbd.server;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A blocking socket that sends and receives exact counts. One thread may send while another receives. */
final class Wire implements Closeable {

    private static final int PIECE_BYTES = 64 * 1024;

    private final SocketChannel socket;

    Wire(SocketAddress address) throws IOException {
        socket = SocketChannel.open(address);
    }

    void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int count =
                    Math.min(PIECE_BYTES, bytes.remaining()); // the JDK copies what it writes to memory beyond the heap
            bytes.position(bytes.position() + socket.write(bytes.slice(bytes.position(), count)));
        }
    }

    void send(byte... bytes) throws IOException {
        send(ByteBuffer.wrap(bytes));
    }

    ByteBuffer receive(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (socket.read(bytes) < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
        return bytes.flip();
    }

    /** Receives until the server closes, and drops what comes. */
    void receiveToEnd() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        try {
            while (socket.read(bytes.clear()) >= 0) {}
        } catch (IOException reset) {
            // closed with bytes of ours unread, which is an end as good as any
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
