package io.overlaybd.registry;

import io.overlaybd.io.metrics.Stage;
import io.overlaybd.io.metrics.StageTimes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import okhttp3.Challenge;

/**
 * What is sent to be let in, per registry, repository and right. The first request to a repository goes without; its
 * challenge is remembered, so that every later one carries a token at once.
 *
 * <p>One thread gets a new token; the others that need it wait and share its success or its failure; if it gives up, another one goes. A failure is
 * remembered for a while and answered without asking, and so is a token that was refused although it was new: whatever
 * a registry does, and however many threads read, tokens are asked for at a bounded rate.
 *
 * <p>Thread-safe: {@code standings} and {@code flights} are concurrent maps; a flight belongs to the thread that put it.
 */
final class Authorizer {

    private static final Duration REFUSAL = Duration.ofSeconds(5);
    private static final Duration OUTAGE = Duration.ofSeconds(1);
    private static final int MAX_STANDINGS = 4096;

    /** What is known of an access; {@code failure} is answered until {@code failureUntilNanos}. */
    private record Standing(AuthScheme scheme, Grant grant, RegistryException failure, long failureUntilNanos) {}

    private final Map<Access, Standing> standings = new ConcurrentHashMap<>();
    private final Map<Access, CompletableFuture<Grant>> flights = new ConcurrentHashMap<>();
    private final GrantSource grants;
    private final TimeSource time;

    Authorizer(TokenService tokens, RegistryOptions options) {
        this.grants = new GrantSource(tokens, options);
        this.time = options.time();
    }

    /** What to send with the next request to an endpoint. Whatever ends the endpoint's operations ends the wait for it. */
    Grant grant(Access access, Endpoint<?> endpoint) throws IOException {
        Standing standing = standings.get(access);
        if (standing == null) {
            return Grant.NONE;
        }
        checkFailure(standing);
        return standing.grant().isFresh(nowNanos())
                ? standing.grant()
                : acquire(access, endpoint, standing.scheme(), standing.grant());
    }

    /** What to send instead of {@code refused}: what another thread got meanwhile, or something new. */
    Grant renew(Access access, Endpoint<?> endpoint, Grant refused, List<Challenge> challenges) throws IOException {
        return acquire(access, endpoint, AuthScheme.of(challenges, access), refused);
    }

    /** Says that a grant was refused although it was just made: nobody shall try again for a while. */
    void refused(Access access, Grant grant, RegistryException failure) {
        standings.computeIfPresent(
                access,
                (key, standing) -> standing.grant() == grant ? failed(standing.scheme(), grant, failure) : standing);
    }

    private Grant acquire(Access access, Endpoint<?> endpoint, AuthScheme scheme, Grant refused) throws IOException {
        Stage before = StageTimes.enter(Stage.REGISTRY_AUTH);
        try {
            return flyOrJoin(access, endpoint, scheme, refused);
        } finally {
            StageTimes.leave(before);
        }
    }

    private Grant flyOrJoin(Access access, Endpoint<?> endpoint, AuthScheme scheme, Grant refused) throws IOException {
        while (true) {
            CompletableFuture<Grant> mine = new CompletableFuture<>();
            CompletableFuture<Grant> running = flights.putIfAbsent(access, mine);
            if (running == null) {
                return fly(access, endpoint, scheme, refused, mine);
            }
            try {
                return join(running, endpoint.operations());
            } catch (InterruptedIOException interrupted) {
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted;
                }
                // Only the thread that was waited for was interrupted, or what it read closed: somebody else must go.
            }
        }
    }

    /** Ends the flight before it tells what came of it: who is refused with that must not be given it once more. */
    private Grant fly(
            Access access, Endpoint<?> endpoint, AuthScheme scheme, Grant refused, CompletableFuture<Grant> mine)
            throws IOException {
        try {
            Grant grant = landed(access, refused);
            if (grant == null) {
                grant = obtainAndRemember(access, endpoint, scheme, refused);
            }
            flights.remove(access, mine);
            mine.complete(grant);
            return grant;
        } catch (IOException | RuntimeException | Error e) {
            flights.remove(access, mine);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    /** What a flight that ended just before this one began has brought; null if nothing that helps. */
    private Grant landed(Access access, Grant refused) throws RegistryException {
        Standing standing = standings.get(access);
        if (standing == null) {
            return null;
        }
        checkFailure(standing);
        return standing.grant() != refused && standing.grant().isFresh(nowNanos()) ? standing.grant() : null;
    }

    private Grant obtainAndRemember(Access access, Endpoint<?> endpoint, AuthScheme scheme, Grant refused)
            throws IOException {
        try {
            Grant grant = grants.obtain(access, endpoint, scheme, refused);
            remember(access, new Standing(scheme, grant, null, 0));
            return grant;
        } catch (RegistryException e) {
            remember(access, failed(scheme, refused, e));
            throw e;
        }
    }

    private Standing failed(AuthScheme scheme, Grant grant, RegistryException failure) {
        return new Standing(
                scheme, grant, failure, nowNanos() + (GrantSource.isRefusal(failure) ? REFUSAL : OUTAGE).toNanos());
    }

    private void checkFailure(Standing standing) throws RegistryException {
        if (standing.failure() != null && standing.failureUntilNanos() - nowNanos() > 0) {
            throw standing.failure().forWaiter();
        }
    }

    private void remember(Access access, Standing standing) {
        if (standings.size() >= MAX_STANDINGS) {
            // Forgetting costs each repository one more challenge.
            standings.clear();
        }
        standings.put(access, standing);
    }

    private static Grant join(CompletableFuture<Grant> running, Operations operations) throws IOException {
        try {
            return operations.await(running);
        } catch (InterruptedException e) {
            operations.checkOpen();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a token");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RegistryException failure) {
                throw failure.forWaiter();
            }
            if (e.getCause() instanceof InterruptedIOException || e.getCause() instanceof ClosedClientException) {
                throw new InterruptedIOException("the thread that fetched the token gave up");
            }
            throw new IOException("no token: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private long nowNanos() {
        return time.nanoTime();
    }
}
