package io.overlaybd.registry;

import io.overlaybd.registry.relay.RelayMetrics;
import java.util.List;
import java.util.Map;

/**
 * What a client sent since it was opened. Immutable.
 *
 * @param requests HTTP requests of every kind, those after redirects and every retry among them
 * @param tokenRequests those of them that asked for a token
 * @param retries attempts at an operation besides the first
 * @param traffic requests and their answers, every kind among the keys
 * @param relays what was asked of each relay, in the order in which they are asked
 */
public record RegistryMetrics(
        long requests,
        long tokenRequests,
        long retries,
        Map<Traffic.Kind, Traffic> traffic,
        List<RelayMetrics> relays) {

    /** Of a client that sent nothing. */
    public static RegistryMetrics none() {
        return new TrafficCounters().snapshot(0, List.of());
    }
}
