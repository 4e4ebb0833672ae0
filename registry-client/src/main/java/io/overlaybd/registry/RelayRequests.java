package io.overlaybd.registry;

import io.overlaybd.registry.relay.Relay;
import java.io.IOException;
import java.time.Duration;
import okhttp3.HttpUrl;

/**
 * How a relay is asked. What goes to it besides the request: its own headers; the registry's grant, if the relay may see it, and
 * only with URLs of the registry; nothing else. Thread-safe.
 */
final class RelayRequests {

    private static final int MAX_REDIRECTS = 5;

    private final Transport transport;
    private final LetIn letIn;
    private final RegistryOptions options;

    RelayRequests(Transport transport, LetIn letIn, RegistryOptions options) {
        this.transport = transport;
        this.letIn = letIn;
        this.options = options;
    }

    /** What the relay may be shown of what lets into the registry. */
    Grant grant(Relay relay, Access access, Endpoint<?> endpoint) throws IOException {
        return relay.mayBeShownCredentials() ? letIn.grant(access, endpoint) : Grant.NONE;
    }

    /** Asks once, and answers what came. */
    <T> T ask(Relay relay, Access access, Endpoint<T> endpoint, Grant grant, RedirectMemory memory, Duration left)
            throws IOException {
        return switch (relay.kind()) {
            case MIRROR -> mirrored(relay, access, endpoint, grant, left);
            case PROXY -> proxiedFromMemory(relay, endpoint, grant, memory, left);
        };
    }

    private <T> T mirrored(Relay relay, Access access, Endpoint<T> endpoint, Grant grant, Duration left)
            throws IOException {
        Repository repository = access.repository();
        String path = endpoint.url().encodedPath();
        HttpUrl url = relay.mirrored(path.substring(path.indexOf("/v2/")), repository.host());
        RelayedEndpoint<T> asked = new RelayedEndpoint<>(endpoint, url, relay.headers());
        if (relay.forwardsCredentials()) {
            return take(asked, transport.send(asked, url, grant.header(), left));
        }
        Access own = Access.pull(new Repository(relay.address(), repository.name()));
        return take(asked, letIn.send(own, asked, new LetIn.Entry(), left));
    }

    /** Where the registry redirected to last; if that is refused, the signature may have expired, the blob's own URL. */
    private <T> T proxiedFromMemory(
            Relay relay, Endpoint<T> endpoint, Grant grant, RedirectMemory memory, Duration left) throws IOException {
        HttpUrl shortcut = memory.target(options.time().nanoTime());
        if (shortcut != null) {
            try {
                return proxied(relay, endpoint, shortcut, grant, memory, left);
            } catch (FailedAttempt e) {
                memory.forget(shortcut);
                if (e.kind() != RegistryException.Kind.FORBIDDEN && e.kind() != RegistryException.Kind.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return proxied(relay, endpoint, endpoint.url(), grant, memory, left);
    }

    /** Redirects that the proxy hands on are followed through it. */
    private <T> T proxied(
            Relay relay, Endpoint<T> endpoint, HttpUrl start, Grant grant, RedirectMemory memory, Duration left)
            throws IOException {
        HttpUrl behind = start;
        for (int hops = 0; ; hops++) {
            RelayedEndpoint<T> asked = new RelayedEndpoint<>(endpoint, relay.proxied(behind), relay.headers());
            String authorization = Origins.same(behind, endpoint.url()) ? grant.header() : null;
            Answer answer = transport.exchange(asked, asked.url(), authorization, left);
            if (!Transport.isRedirect(answer)) {
                T taken = take(asked, answer);
                remember(memory, endpoint, behind);
                return taken;
            }
            try (answer) {
                if (hops == MAX_REDIRECTS) {
                    throw FailedAttempt.protocol("more than " + MAX_REDIRECTS + " redirects");
                }
                HttpUrl next = transport.resolve(endpoint.url(), behind, answer);
                behind = relay.unproxied(next) == null ? next : relay.unproxied(next);
            }
        }
    }

    private void remember(RedirectMemory memory, Endpoint<?> endpoint, HttpUrl behind) {
        if (!Origins.same(behind, endpoint.url())) {
            memory.remember(behind, options.time().nanoTime());
        }
    }

    private <T> T take(Endpoint<T> endpoint, Answer answer) throws IOException {
        try (answer) {
            return endpoint.take(answer)
                    .orElseThrow(
                            () -> FailedAttempt.ofAnswer(answer, options.time().now()));
        }
    }

    /** Whether the operation itself is over, so that nobody else shall be asked. */
    boolean isEnded(Endpoint<?> endpoint) {
        return transport.isEnded(endpoint);
    }
}
