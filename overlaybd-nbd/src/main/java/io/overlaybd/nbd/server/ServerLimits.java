package io.overlaybd.nbd.server;

import java.time.Duration;

/**
 * How much a server takes on.
 *
 * @param workers reads of the device that may block at the same time
 * @param connections at the same time; further ones are closed at once
 * @param handshake how long a client may take until it asks for data
 * @param drain how long requests may take to finish once the server is to stop
 */
public record ServerLimits(int workers, int connections, Duration handshake, Duration drain) {

    /**
     * 64 workers, as many as the pieces that the four connections of a usual client may hold: over a long link, what is
     * under way at once bounds the rate. 128 connections, 10 seconds for either phase.
     */
    public static final ServerLimits DEFAULT =
            new ServerLimits(64, 128, Duration.ofSeconds(10), Duration.ofSeconds(10));

    /** Refuses what is not positive. */
    public ServerLimits {
        if (workers < 1 || connections < 1 || handshake.isNegative() || drain.isNegative()) {
            throw new IllegalArgumentException("workers " + workers + ", connections " + connections + ", handshake "
                    + handshake + ", drain " + drain);
        }
    }

    /** The same with another number of workers. */
    public ServerLimits withWorkers(int number) {
        return new ServerLimits(number, connections, handshake, drain);
    }
}
