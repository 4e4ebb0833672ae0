package io.overlaybd.nbd.server;

import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where a server listens, and the URI under which clients find it. */
public sealed interface Endpoint {

    /** The URI that nbd clients take. */
    String uri();

    /** The address to bind. */
    SocketAddress address();

    /** The kind of channel that listens. */
    Class<? extends ServerChannel> channelType();

    /** A Unix domain socket. */
    record Unix(Path path) implements Endpoint {

        @Override
        public String uri() {
            String encoded = URLEncoder.encode(path.toAbsolutePath().toString(), StandardCharsets.UTF_8);
            return "nbd+unix:///?socket=" + encoded.replace("+", "%20").replace("%2F", "/");
        }

        @Override
        public SocketAddress address() {
            return new DomainSocketAddress(path.toString());
        }

        @Override
        public Class<? extends ServerChannel> channelType() {
            return EpollServerDomainSocketChannel.class;
        }
    }

    /** A TCP port; 0 takes any free one. */
    record Tcp(InetSocketAddress address) implements Endpoint {

        @Override
        public String uri() {
            String host = address.getAddress() == null
                    ? address.getHostString()
                    : address.getAddress().getHostAddress();
            return "nbd://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
        }

        @Override
        public Class<? extends ServerChannel> channelType() {
            return EpollServerSocketChannel.class;
        }
    }
}
