package io.overlaybd.registry.unix;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * A stream socket over a channel. It has no time limits of its own: who wants to end a connect, a read or a write closes it from
 * another thread, at which they fail. Thread-safe as far as a socket is.
 */
final class UnixSocket extends Socket {

    private final UnixDomainSocketAddress address;
    private final SocketChannel channel;

    UnixSocket(UnixDomainSocketAddress address) throws IOException {
        this.address = address;
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    }

    @Override
    public void connect(SocketAddress ignored, int timeoutMillis) throws IOException {
        try {
            channel.connect(address);
        } catch (SocketException e) {
            throw new ConnectException(address + ": " + e.getMessage());
        }
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
        connect(ignored, 0);
    }

    @Override
    public InputStream getInputStream() {
        return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream getOutputStream() {
        return Channels.newOutputStream(channel);
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void setSoTimeout(int millis) {
        // See the class comment.
    }

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // There is no delay.
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
