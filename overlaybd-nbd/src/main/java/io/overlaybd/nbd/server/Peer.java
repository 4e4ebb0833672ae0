package io.overlaybd.nbd.server;

import io.netty.channel.Channel;
import java.net.SocketAddress;

/** What a message calls the other end of a connection. */
final class Peer {

    private Peer() {}

    /** The address if there is one (a Unix socket has none), and the number of the channel in any case. */
    static String of(Channel channel) {
        SocketAddress address = channel.remoteAddress();
        String id = channel.id().asShortText();
        return address == null || address.toString().isEmpty() ? "client " + id : "client " + id + " " + address;
    }
}
