package io.overlaybd.registry;

import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.relay.Relay;
import io.overlaybd.registry.tls.TlsContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a {@link RegistryClient} behaves. Concluded once, then read-only.
 *
 * @param userAgent the User-Agent of every request
 * @param connectTimeout how long one address may take to answer
 * @param readTimeout how long a server may be silent
 * @param tls whom to trust, and who we are
 * @param proxies which proxy stands before which host
 * @param retry which failures are tried again
 * @param credentials where users and passwords come from
 * @param redirectLifetime how long the target of a redirect is asked directly; zero for never
 * @param allowInsecureRedirects whether https may lead to http
 * @param plainHttpHosts {@code host[:port]} of registries that are spoken to without encryption
 * @param relays who is asked for blobs before their registry is, in this order
 * @param time the clock
 */
public record RegistryOptions(
        String userAgent,
        Duration connectTimeout,
        Duration readTimeout,
        TlsContext tls,
        Proxies proxies,
        RetryPolicy retry,
        CredentialProvider credentials,
        Duration redirectLifetime,
        boolean allowInsecureRedirects,
        Set<String> plainHttpHosts,
        List<Relay> relays,
        TimeSource time) {

    /** Copies the collections. */
    public RegistryOptions {
        plainHttpHosts = Set.copyOf(plainHttpHosts);
        relays = List.copyOf(relays);
    }

    /** Begins with the defaults: verified TLS, proxies of the environment, no credentials. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options. Thread-confined. */
    public static final class Builder {

        private String userAgent = "overlaybd-java";
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration readTimeout = Duration.ofSeconds(10);
        private TlsContext tls = TlsContext.verifying();
        private Proxies proxies = Proxies.ofEnvironment(System.getenv());
        private RetryPolicy retry = RetryPolicy.defaults();
        private CredentialProvider credentials = CredentialProvider.NONE;
        private Duration redirectLifetime = Duration.ofSeconds(120);
        private boolean allowInsecureRedirects;
        private Set<String> plainHttpHosts = Set.of();
        private List<Relay> relays = List.of();
        private TimeSource time = TimeSource.SYSTEM;

        private Builder() {}

        /** See {@link RegistryOptions#userAgent()}. */
        public Builder userAgent(String value) {
            userAgent = value;
            return this;
        }

        /** See {@link RegistryOptions#connectTimeout()} and {@link RegistryOptions#readTimeout()}. */
        public Builder timeouts(Duration connect, Duration read) {
            connectTimeout = connect;
            readTimeout = read;
            return this;
        }

        /** See {@link RegistryOptions#tls()}. */
        public Builder tls(TlsContext value) {
            tls = value;
            return this;
        }

        /** Takes the proxies from these environment variables instead of the process's. */
        public Builder proxies(Map<String, String> environment) {
            proxies = Proxies.ofEnvironment(environment);
            return this;
        }

        /** See {@link RegistryOptions#retry()}. */
        public Builder retry(RetryPolicy value) {
            retry = value;
            return this;
        }

        /** See {@link RegistryOptions#credentials()}. */
        public Builder credentials(CredentialProvider value) {
            credentials = value;
            return this;
        }

        /** See {@link RegistryOptions#redirectLifetime()}. */
        public Builder redirectLifetime(Duration value) {
            redirectLifetime = value;
            return this;
        }

        /** See {@link RegistryOptions#allowInsecureRedirects()}. */
        public Builder allowInsecureRedirects(boolean value) {
            allowInsecureRedirects = value;
            return this;
        }

        /** See {@link RegistryOptions#plainHttpHosts()}. */
        public Builder plainHttpHosts(Set<String> value) {
            plainHttpHosts = value;
            return this;
        }

        /** See {@link RegistryOptions#relays()}. */
        public Builder relays(List<Relay> value) {
            relays = value;
            return this;
        }

        /** See {@link RegistryOptions#time()}. */
        public Builder time(TimeSource value) {
            time = value;
            return this;
        }

        /** The options. */
        public RegistryOptions build() {
            return new RegistryOptions(
                    userAgent,
                    connectTimeout,
                    readTimeout,
                    tls,
                    proxies,
                    retry,
                    credentials,
                    redirectLifetime,
                    allowInsecureRedirects,
                    plainHttpHosts,
                    relays,
                    time);
        }
    }
}
