package io.overlaybd.registry.relay;

/**
 * What was asked of a relay since the client was opened. Immutable.
 *
 * @param kind how it is asked
 * @param address where it is; holds no secret
 * @param registry whose blobs it has, {@code *} for all
 * @param requests reads for which it was tried; each that brought nothing was made again elsewhere
 * @param failures those of them at which it could not be reached, broke off, or said what cannot be right
 * @param refusals those of them that it answered with no: not there, not let in
 * @param wrongBytes how often what it gave did not pass the checks above
 * @param works whether it is asked at the moment
 */
public record RelayMetrics(
        Relay.Kind kind,
        String address,
        String registry,
        long requests,
        long failures,
        long refusals,
        long wrongBytes,
        boolean works) {}
