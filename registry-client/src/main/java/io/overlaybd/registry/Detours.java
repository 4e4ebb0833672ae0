package io.overlaybd.registry;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.relay.RelayMetrics;
import io.overlaybd.registry.relay.RelayState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks relays, in their order, as far as they work and have the blob. Whatever fails there is no failure of the operation: the next
 * one is asked, and the registry in the end. A relay is believed as little as can be: it is told nothing but what it needs, its
 * challenges are not answered with what is for the registry, and the length of the blob must be known from elsewhere. Thread-safe.
 */
final class Detours {

    private static final Logger LOG = LoggerFactory.getLogger(Detours.class);

    private final List<RelayState> relays;
    private final RelayRequests requests;
    private final RegistryOptions options;

    Detours(RelayRequests requests, RegistryOptions options) {
        this.relays = options.relays().stream().map(RelayState::new).toList();
        this.requests = requests;
        this.options = options;
    }

    /** How the relays did until now, in their order. */
    List<RelayMetrics> metrics() {
        return relays.stream().map(RelayState::metrics).toList();
    }

    /** What the first relay that has it gives; nothing if the registry must be asked. */
    <T> Optional<T> take(Access access, Endpoint<T> endpoint, BlobRoutes routes, Duration left) throws IOException {
        if (relays.isEmpty() || endpoint.blobBytes().isEmpty()) {
            return Optional.empty();
        }
        String host = access.repository().host();
        for (RelayState relay : relays) {
            if (!relay.relay().serves(host) || routes.isAvoided(relay)) {
                continue;
            }
            // If that fails, so would the registry.
            Grant grant = requests.grant(relay.relay(), access, endpoint);
            if (relay.admit(nowNanos())) {
                // Half of the time is kept for those who are asked next.
                Optional<T> taken = tryOne(relay, access, endpoint, grant, routes, left.dividedBy(2));
                if (taken.isPresent()) {
                    return taken;
                }
            }
        }
        return Optional.empty();
    }

    private <T> Optional<T> tryOne(
            RelayState relay, Access access, Endpoint<T> endpoint, Grant grant, BlobRoutes routes, Duration left)
            throws IOException {
        boolean isJudged = false;
        try {
            T taken = requests.ask(relay.relay(), access, endpoint, grant, routes.redirects(), left);
            relay.succeeded();
            routes.came(relay);
            isJudged = true;
            return Optional.of(taken);
        } catch (IOException e) {
            if (requests.isEnded(endpoint)) {
                throw e;
            }
            judge(relay, grant, routes, e);
            isJudged = true;
            return Optional.empty();
        } finally {
            if (!isJudged) {
                relay.released();
            }
        }
    }

    /** A relay that refuses whom it was shown nothing of may let in who comes with what the registry gives him now. */
    private void judge(RelayState relay, Grant grant, BlobRoutes routes, IOException e) {
        Kind kind = e instanceof RegistryException known
                ? known.kind()
                : FailedAttempt.ofTransport(e).kind();
        LOG.debug("{}: asked elsewhere: {}", relay.relay().address(), e.getMessage());
        switch (kind) {
            case UNAUTHORIZED, FORBIDDEN, NOT_FOUND -> {
                relay.refused();
                boolean mayShowMore = relay.relay().mayBeShownCredentials() && grant == Grant.NONE;
                if (kind == Kind.NOT_FOUND || !mayShowMore) {
                    routes.avoid(relay);
                }
            }
            case RATE_LIMITED, UNAVAILABLE, PROTOCOL, TLS -> relay.failed(nowNanos());
        }
    }

    private long nowNanos() {
        return options.time().nanoTime();
    }
}
