package io.overlaybd.registry;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.credential.CredentialQuery;
import io.overlaybd.registry.credential.Credentials;
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
 * <p>One thread gets a new token; the others that need it wait and share its success or its failure. A failure is
 * remembered for a while and answered without asking, and so is a token that was refused although it was new: whatever
 * a registry does, and however many threads read, tokens are asked for at a bounded rate.
 *
 * <p>Thread-safe: {@code standings} and {@code flights} are concurrent maps; a flight belongs to the thread that put it.
 */
final class Authorizer {

    private static final Duration REFUSAL = Duration.ofSeconds(5);
    private static final Duration OUTAGE = Duration.ofSeconds(1);
    private static final Duration PASSWORD_LIFETIME = Duration.ofSeconds(60);
    private static final int MAX_STANDINGS = 4096;

    /** What is known of an access; {@code failure} is answered until {@code failureUntilNanos}. */
    private record Standing(AuthScheme scheme, Grant grant, RegistryException failure, long failureUntilNanos) {}

    private final Map<Access, Standing> standings = new ConcurrentHashMap<>();
    private final Map<Access, CompletableFuture<Grant>> flights = new ConcurrentHashMap<>();
    private final TokenService tokens;
    private final RegistryOptions options;

    Authorizer(TokenService tokens, RegistryOptions options) {
        this.tokens = tokens;
        this.options = options;
    }

    /** What to send with the next request. */
    Grant grant(Access access) throws IOException {
        Standing standing = standings.get(access);
        if (standing == null) {
            return Grant.NONE;
        }
        checkFailure(standing);
        return standing.grant().isFresh(nowNanos())
                ? standing.grant()
                : acquire(access, standing.scheme(), standing.grant());
    }

    /** What to send instead of {@code refused}: what another thread got meanwhile, or something new. */
    Grant renew(Access access, Grant refused, List<Challenge> challenges) throws IOException {
        return acquire(access, AuthScheme.of(challenges, access), refused);
    }

    /** Says that a grant was refused although it was just made: nobody shall try again for a while. */
    void refused(Access access, Grant grant, RegistryException failure) {
        standings.computeIfPresent(
                access,
                (key, standing) -> standing.grant() == grant ? failed(standing.scheme(), grant, failure) : standing);
    }

    private Grant acquire(Access access, AuthScheme scheme, Grant refused) throws IOException {
        while (true) {
            CompletableFuture<Grant> mine = new CompletableFuture<>();
            CompletableFuture<Grant> running = flights.putIfAbsent(access, mine);
            if (running == null) {
                return fly(access, scheme, refused, mine);
            }
            try {
                return join(running);
            } catch (InterruptedIOException interrupted) {
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted;
                }
                // Only the thread that was waited for was interrupted: somebody else must go.
            }
        }
    }

    private Grant fly(Access access, AuthScheme scheme, Grant refused, CompletableFuture<Grant> mine)
            throws IOException {
        try {
            Grant grant = landed(access, refused);
            if (grant == null) {
                grant = obtainAndRemember(access, scheme, refused);
            }
            mine.complete(grant);
            return grant;
        } catch (IOException | RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(access, mine);
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

    private Grant obtainAndRemember(Access access, AuthScheme scheme, Grant refused) throws IOException {
        try {
            Grant grant = obtain(access, scheme, refused);
            remember(access, new Standing(scheme, grant, null, 0));
            return grant;
        } catch (RegistryException e) {
            remember(access, failed(scheme, refused, e));
            throw e;
        }
    }

    private Grant obtain(Access access, AuthScheme scheme, Grant refused) throws IOException {
        Credentials credentials = credentials(access);
        if (scheme instanceof AuthScheme.Bearer bearer) {
            return tokens.fetch(access, bearer, credentials);
        }
        Grant grant = credentials.isAnonymous() || credentials.hasIdentityToken()
                ? Grant.NONE
                : Grant.basic(credentials, nowNanos() + PASSWORD_LIFETIME.toNanos());
        boolean expiredOnly = refused != Grant.NONE && !refused.isFresh(nowNanos());
        if (grant == Grant.NONE || !expiredOnly && grant.sendsTheSameAs(refused)) {
            throw unauthorized(access, grant == Grant.NONE ? "no password is known for it" : "the password is refused");
        }
        return grant;
    }

    private Credentials credentials(Access access) throws IOException {
        Repository repository = access.repository();
        CredentialQuery query = new CredentialQuery(repository.host(), repository.name(), repository + "/blobs");
        try {
            return options.credentials().find(query);
        } catch (IOException e) {
            throw unauthorized(access, "the credentials cannot be read: " + e.getMessage());
        }
    }

    private RegistryException unauthorized(Access access, String problem) {
        Repository repository = access.repository();
        Purpose purpose = new Purpose(
                "be let in", repository.registry(), options.credentials().name());
        return FailedAttempt.last(Kind.UNAUTHORIZED, 401, problem).toException(purpose, 1);
    }

    private Standing failed(AuthScheme scheme, Grant grant, RegistryException failure) {
        boolean refusal = failure.kind() == Kind.UNAUTHORIZED || failure.kind() == Kind.FORBIDDEN;
        return new Standing(scheme, grant, failure, nowNanos() + (refusal ? REFUSAL : OUTAGE).toNanos());
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

    private static Grant join(CompletableFuture<Grant> running) throws IOException {
        try {
            return running.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a token");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RegistryException failure) {
                throw failure.forWaiter();
            }
            if (e.getCause() instanceof InterruptedIOException) {
                throw new InterruptedIOException("the thread that fetched the token was interrupted");
            }
            throw new IOException("no token: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private long nowNanos() {
        return options.time().nanoTime();
    }
}
