package io.overlaybd.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.metrics.DeviceMeter;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pieces of the device straight into the buffers that will be sent: at once on the event loop where that cannot
 * block, else on a worker. Either way the taker hears on the event loop. Thread-safe.
 */
final class PieceReader {

    /** Longer pieces would keep the event loop from its other connections, even if they do not block. */
    static final int INLINE_BYTES = 256 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(PieceReader.class);

    /** Hears of a piece, on the event loop, exactly once. */
    interface Taker {
        /** Takes over a buffer with the data in their place. */
        void take(Piece piece, ByteBuf buffer);

        /** There will be no data. */
        void fail(Piece piece, Failure failure);
    }

    private final BlockDevice device;
    private final DeviceWorkers workers;

    PieceReader(BlockDevice device, DeviceWorkers workers) {
        this.device = device;
        this.workers = workers;
    }

    /** Reads a piece; to be called on the event loop of {@code channel}. */
    void read(Piece piece, Channel channel, Taker taker) {
        ByteBuf buffer = null;
        boolean there;
        long startNanos = System.nanoTime();
        try {
            buffer = channel.alloc().directBuffer(piece.bufferBytes(), piece.bufferBytes());
            buffer.writerIndex(piece.bufferBytes());
            there = piece.lengthBytes() <= INLINE_BYTES && device.tryRead(piece.offsetBytes(), piece.data(buffer));
            if (!there) {
                ByteBuf handedOver = buffer;
                workers.execute(
                        DeviceMeter.Kind.READ,
                        piece.lengthBytes(),
                        () -> readOnWorker(piece, handedOver, channel, taker));
            }
        } catch (Exception | Error e) {
            release(buffer);
            taker.fail(piece, failure(piece, channel, e));
            return;
        }
        if (there) {
            workers.meter().servedAtOnce(1, piece.lengthBytes(), System.nanoTime() - startNanos);
            taker.take(piece, buffer);
        }
    }

    private boolean readOnWorker(Piece piece, ByteBuf buffer, Channel channel, Taker taker) {
        boolean done = true;
        Runnable answer = () -> taker.take(piece, buffer);
        try {
            if (channel.isActive()) { // else the client has left meanwhile; what is sent to nobody may be anything
                device.read(piece.offsetBytes(), piece.data(buffer));
            }
        } catch (Exception | Error e) {
            release(buffer);
            Failure failure = failure(piece, channel, e);
            answer = () -> taker.fail(piece, failure);
            done = false;
        }
        try {
            channel.eventLoop().execute(answer);
        } catch (RejectedExecutionException serverIsGone) {
            release(buffer);
        }
        return done;
    }

    private static void release(ByteBuf buffer) {
        if (buffer != null && buffer.refCnt() > 0) {
            buffer.release();
        }
    }

    private Failure failure(Piece piece, Channel channel, Throwable cause) {
        String what = piece.lengthBytes() + " bytes at byte " + piece.offsetBytes() + " of " + device.name();
        if (cause instanceof IOException) { // its message says all; anything else is a defect, whose place matters
            LOG.warn("{}: cannot read {}: {}", Peer.of(channel), what, cause.toString());
        } else {
            LOG.error("{}: cannot read {}", Peer.of(channel), what, cause);
        }
        return Failure.of(cause);
    }
}
