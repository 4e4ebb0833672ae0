package io.overlaybd.nbd.server;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/** A server for one test; closing it fails if a buffer was not given back. */
final class Served implements AutoCloseable {

    static final ServerLimits LIMITS = ServerLimits.DEFAULT.withWorkers(4);

    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    final NbdServer server;
    final SocketAddress address;

    private Served(Endpoint endpoint, BlockDevice device, ServerLimits limits) throws IOException {
        server = NbdServer.start(endpoint, new Export(device, "for a test"), limits, allocator);
        URI uri = URI.create(server.uri());
        address = endpoint instanceof Endpoint.Unix unix
                ? UnixDomainSocketAddress.of(unix.path())
                : new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    static Served unix(Path folder, BlockDevice device) throws IOException {
        return unix(folder, device, LIMITS);
    }

    static Served unix(Path folder, BlockDevice device, ServerLimits limits) throws IOException {
        return new Served(new Endpoint.Unix(folder.resolve("s")), device, limits);
    }

    static Served tcp(BlockDevice device) throws IOException {
        return new Served(new Endpoint.Tcp(new InetSocketAddress("127.0.0.1", 0)), device, LIMITS);
    }

    static ServerLimits handshakeWithin(Duration deadline) {
        return new ServerLimits(4, ServerLimits.MIN_SHARED_BYTES, 16, deadline, Duration.ofSeconds(10));
    }

    /** Bytes in buffers now. */
    long heldBytes() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    String uri() {
        return server.uri();
    }

    @Override
    public void close() {
        server.close();
        if (heldBytes() != 0) {
            throw new AssertionError(heldBytes() + " bytes of buffers were not given back");
        }
    }
}
