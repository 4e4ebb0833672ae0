package io.overlaybd.nbd.server;

import io.netty.util.internal.PlatformDependent;
import java.time.Duration;

/**
 * How much a server takes on.
 *
 * @param workers reads and writes of the device that may block at the same time
 * @param sharedBytes memory for data of requests beyond what each connection has of its own, see {@link MemoryBudget}
 * @param connections at the same time; further ones are closed at once
 * @param handshake how long a client may take until it asks for data
 * @param drain how long requests may take to finish once the server is to stop
 */
public record ServerLimits(int workers, long sharedBytes, int connections, Duration handshake, Duration drain) {

    /** With less, the longest piece of a read could wait for ever. */
    static final long MIN_SHARED_BYTES = 8 << 20;

    private static final long MAX_SHARED_BYTES = 256 << 20;

    /**
     * 64 workers, as many as the pieces that the four connections of a usual client may hold: over a long link, what is
     * under way at once bounds the rate. A quarter of the memory that the JVM lets buffers have, 128 connections, 10 seconds
     * for either phase.
     */
    public static final ServerLimits DEFAULT =
            new ServerLimits(64, quarterOfMemory(), 128, Duration.ofSeconds(10), Duration.ofSeconds(10));

    /** Refuses what is not positive. */
    public ServerLimits {
        if (workers < 1 || sharedBytes < MIN_SHARED_BYTES || connections < 1) {
            throw new IllegalArgumentException(
                    "workers " + workers + ", shared bytes " + sharedBytes + ", connections " + connections);
        }
        if (handshake.isNegative() || drain.isNegative()) {
            throw new IllegalArgumentException("handshake " + handshake + ", drain " + drain);
        }
    }

    private static long quarterOfMemory() {
        return Math.min(MAX_SHARED_BYTES, Math.max(MIN_SHARED_BYTES, PlatformDependent.maxDirectMemory() / 4));
    }

    /** The same with another number of workers. */
    public ServerLimits withWorkers(int number) {
        return new ServerLimits(number, sharedBytes, connections, handshake, drain);
    }

    /** The same with another number of connections. */
    public ServerLimits withConnections(int number) {
        return new ServerLimits(workers, sharedBytes, number, handshake, drain);
    }
}
