package io.overlaybd.registry;

/**
 * What a client sent since it was opened. Immutable.
 *
 * @param requests HTTP requests of every kind, those after redirects and every retry among them
 * @param tokenRequests those of them that asked for a token
 */
public record RegistryMetrics(long requests, long tokenRequests) {}
