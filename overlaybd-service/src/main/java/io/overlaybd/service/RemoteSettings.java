package io.overlaybd.service;

import io.overlaybd.cache.CacheOptions;
import io.overlaybd.config.CacheConfig;
import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.TlsConfig;
import io.overlaybd.registry.RegistryOptions;
import io.overlaybd.registry.relay.Relay;
import io.overlaybd.registry.tls.TlsContext;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * A configuration in the words of the registry client and of the cache. What cannot be had is refused here, before the first
 * image. Immutable.
 *
 * @param credentials what {@code registry} asks
 * @param registry made when the first remote layer is opened: the VM's trust store takes longer than a local image
 */
record RemoteSettings(ReplaceableCredentials credentials, Supplier<RegistryOptions> registry, CacheOptions cache) {

    static RemoteSettings of(GlobalConfig config) throws IOException {
        CacheOptions cache =
                cache(config.cache()).withReadAheadBytes(config.prefetch().readAheadBytes());
        ReplaceableCredentials credentials = new ReplaceableCredentials(CredentialSource.of(config.credentials()));
        List<Relay> relays = RelaySettings.of(config);
        Supplier<TlsContext> tls = tls(config.tls());
        return new RemoteSettings(
                credentials,
                () -> {
                    RegistryOptions.Builder options = RegistryOptions.builder();
                    config.userAgent().ifPresent(options::userAgent);
                    return options.credentials(credentials)
                            .tls(tls.get())
                            .relays(relays)
                            .build();
                },
                cache);
    }

    private static CacheOptions cache(CacheConfig config) throws IOException {
        try {
            return CacheOptions.defaults(config.dir())
                    .withLimitBytes(config.sizeBytes())
                    .withRefillUnitBytes(config.refillBytes());
        } catch (IllegalArgumentException e) {
            throw new IOException("cacheConfig: " + e.getMessage(), e);
        }
    }

    /** Files that are named are read at once, so that a wrong name does not wait for the first image to show. */
    private static Supplier<TlsContext> tls(TlsConfig config) throws IOException {
        if (config.ca().isEmpty() && config.certificate().isEmpty() && !config.insecureSkipVerify()) {
            return TlsContext::verifying;
        }
        try {
            TlsContext context = TlsContext.of(
                    config.ca().orElse(null),
                    config.certificate().orElse(null),
                    config.key().orElse(null),
                    config.insecureSkipVerify());
            return () -> context;
        } catch (IOException e) {
            throw new IOException("certConfig: " + e.getMessage(), e);
        }
    }
}
