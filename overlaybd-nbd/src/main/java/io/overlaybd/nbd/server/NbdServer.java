package io.overlaybd.nbd.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one device to any number of clients, from {@link #start} to {@link #close}. The device stays the caller's.
 * Thread-safe.
 */
public final class NbdServer implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);
    private static final int FLUSH_AT_LEAST_EVERY_WRITES = 64;

    private final Endpoint endpoint;
    private final Export export;
    private final ServerLimits limits;
    private final DeviceWorkers workers;
    private final CommandTable commands;
    private final MemoryBudget budget;
    private final EventLoopGroup loops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private Channel listener;
    private volatile boolean closing;

    private NbdServer(Endpoint endpoint, Export export, ServerLimits limits) {
        this.endpoint = endpoint;
        this.export = export;
        this.limits = limits;
        this.workers = new DeviceWorkers(limits.workers(), export.meter());
        this.commands = CommandTable.of(export, workers);
        this.budget = new MemoryBudget(limits.sharedBytes());
        this.loops = new MultiThreadIoEventLoopGroup(
                Runtime.getRuntime().availableProcessors(),
                new DefaultThreadFactory("obd-nbd", true),
                EpollIoHandler.newFactory());
    }

    /**
     * Listens at an endpoint. The socket file of a server that is no more is replaced.
     *
     * @throws IOException if the endpoint cannot be had
     */
    public static NbdServer start(Endpoint endpoint, Export export, ServerLimits limits) throws IOException {
        return start(endpoint, export, limits, ByteBufAllocator.DEFAULT);
    }

    static NbdServer start(Endpoint endpoint, Export export, ServerLimits limits, ByteBufAllocator allocator)
            throws IOException {
        Epoll.ensureAvailability();
        if (endpoint instanceof Endpoint.Unix unix) {
            SocketFile.removeIfStale(unix.path());
        }
        NbdServer server = new NbdServer(endpoint, export, limits);
        try {
            server.listen(allocator);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void listen(ByteBufAllocator allocator) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(endpoint.channelType())
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        welcome(channel);
                    }
                });
        if (endpoint instanceof Endpoint.Tcp) {
            bootstrap.childOption(ChannelOption.TCP_NODELAY, true).childOption(ChannelOption.SO_KEEPALIVE, true);
        }
        ChannelFuture bound = bootstrap.bind(endpoint.address()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen at " + endpoint.uri() + ": " + reason(bound.cause()), bound.cause());
        }
        listener = bound.channel();
    }

    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException) {
            return "there is no host of that name";
        }
        String error = String.valueOf(cause.getMessage()).replaceFirst("^.* failed with error\\(-?[0-9]+\\): ", "");
        return switch (error) {
            case "Address already in use" -> error + "; choose another, or end the program that listens there";
            case "No such file or directory" -> "the directory of the socket does not exist; create it first";
            case "File name too long" -> error + "; the path of a socket has at most 107 bytes";
            case "Permission denied" -> error + "; choose a place that this user may use (ports below 1024 are root's)";
            case "Cannot assign requested address" -> error + "; name an address of this machine";
            default -> error;
        };
    }

    private void welcome(Channel channel) {
        if (closing || connections.size() >= limits.connections()) {
            LOG.warn("{}: turned away, there are {} connections already", Peer.of(channel), connections.size());
            channel.close();
            return;
        }
        connections.add(channel);
        channel.pipeline()
                .addLast(new FlushConsolidationHandler(FLUSH_AT_LEAST_EVERY_WRITES, true))
                .addLast(new Handshake(
                        export, limits.handshake(), agreed -> new RequestDecoder(commands, budget, agreed)))
                .addLast(new LastWord());
    }

    /** The URI under which clients find the device, with the port that was bound. */
    public String uri() {
        return listener.localAddress() instanceof InetSocketAddress bound
                ? new Endpoint.Tcp(bound).uri()
                : endpoint.uri();
    }

    /** How many clients are connected. */
    public int connections() {
        return connections.size();
    }

    /**
     * Stops listening, removes the socket file, lets requests finish within {@link ServerLimits#drain} and closes the
     * connections. Idempotent.
     */
    @Override
    public synchronized void close() {
        closing = true;
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
        long deadlineNanos = System.nanoTime() + limits.drain().toNanos();
        connections.forEach(channel -> channel.pipeline().fireUserEventTriggered(Drain.NOW));
        if (!connections.newCloseFuture().awaitUninterruptibly(limits.drain().toMillis())) {
            LOG.warn("{} connections did not finish in {}, cutting them", connections.size(), limits.drain());
        }
        connections.close().awaitUninterruptibly();
        workers.close(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
        loops.shutdownGracefully(0, limits.drain().toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }
}
