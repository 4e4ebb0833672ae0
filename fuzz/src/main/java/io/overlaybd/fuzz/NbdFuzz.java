package io.overlaybd.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.overlaybd.nbd.server.Endpoint;
import io.overlaybd.nbd.server.Export;
import io.overlaybd.nbd.server.NbdServer;
import io.overlaybd.nbd.server.ServerLimits;
import io.overlaybd.testing.MemoryDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/**
 * All that a client may send, to a live server on a Unix socket. The server must end the connection once the client has
 * sent everything, and must not report a defect of its own. A connection that is never ended is a time-out of the fuzzer.
 */
public final class NbdFuzz {

    private static final int DEVICE_BYTES = 1 << 20;
    private static final ConcurrentLinkedQueue<ILoggingEvent> DEFECTS = new ConcurrentLinkedQueue<>();
    private static final UnixDomainSocketAddress ADDRESS = serve();

    private NbdFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        try (SocketChannel client = SocketChannel.open(ADDRESS)) {
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(client));
            send(client, ByteBuffer.wrap(data));
            drained.join();
        } catch (IOException e) {
            throw new UncheckedIOException("the server is gone", e);
        }
        ILoggingEvent defect = DEFECTS.poll();
        if (defect != null) {
            throw new AssertionError(defect.getFormattedMessage() + "\n" + defect.getThrowableProxy());
        }
    }

    private static void send(SocketChannel client, ByteBuffer data) {
        try {
            while (data.hasRemaining()) {
                client.write(data);
            }
            client.shutdownOutput();
        } catch (IOException endedByTheServer) {
            return;
        }
    }

    private static void drain(SocketChannel client) {
        try {
            ByteBuffer piece = ByteBuffer.allocate(1 << 16);
            while (client.read(piece.clear()) >= 0) {
                continue;
            }
        } catch (IOException endedByTheServer) {
            return;
        }
    }

    private static UnixDomainSocketAddress serve() {
        Logger log = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                    DEFECTS.add(event);
                }
            }
        };
        log.detachAndStopAllAppenders();
        log.addAppender(appender);
        appender.start();
        try {
            Path socket = Files.createTempDirectory(Path.of("target"), "nbd").resolve("nbd");
            MemoryDevice device = MemoryDevice.random(new Random(1), DEVICE_BYTES, 16);
            NbdServer.start(new Endpoint.Unix(socket), new Export(device, "fuzz"), ServerLimits.DEFAULT);
            return UnixDomainSocketAddress.of(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
