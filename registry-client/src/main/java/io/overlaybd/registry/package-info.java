/**
 * The OCI distribution protocol: ranged reads of blobs, pushes, manifests.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.registry.RegistryClient} and what it hands out; behind it one object for
 * each operation ({@code Endpoint}), the path that each takes ({@code Caller}: be let in, send, follow, retry), and the
 * pure decisions on that path ({@link io.overlaybd.registry.RetryPolicy}, {@code AuthScheme}, {@code ContentRange}).
 *
 * <p><b>What it may import.</b> {@code overlaybd-io}, okhttp, Jackson, and the packages below, which do not know it:
 * {@code credential}, {@code manifest}, {@code tls}. No type of okhttp is part of what it offers.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.registry.RegistryBlob#fetch}, then {@code Caller}.
 */
package io.overlaybd.registry;
