package io.overlaybd.registry;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.credential.CredentialQuery;
import io.overlaybd.registry.credential.Credentials;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** Makes a grant of the credentials that somebody knows: a token that they are good for, or the password itself. Thread-safe. */
final class GrantSource {

    private static final Duration PASSWORD_LIFETIME = Duration.ofSeconds(60);

    private final TokenService tokens;
    private final RegistryOptions options;

    GrantSource(TokenService tokens, RegistryOptions options) {
        this.tokens = tokens;
        this.options = options;
    }

    /** @param refused what did not help, or has expired */
    Grant obtain(Access access, Endpoint<?> endpoint, AuthScheme scheme, Grant refused) throws IOException {
        Credentials credentials = credentials(access, endpoint, null);
        return scheme instanceof AuthScheme.Bearer bearer
                ? token(access, endpoint, bearer, credentials)
                : password(access, endpoint, credentials, refused);
    }

    /** Other credentials, where there are any, are tried once if a token is refused for these. */
    private Grant token(Access access, Endpoint<?> endpoint, AuthScheme.Bearer scheme, Credentials credentials)
            throws IOException {
        try {
            return tokens.fetch(access, scheme, credentials, endpoint.operations());
        } catch (RegistryException e) {
            Credentials other = isRefusal(e) ? credentials(access, endpoint, credentials) : credentials;
            if (other.equals(credentials)) {
                throw e;
            }
            return tokens.fetch(access, scheme, other, endpoint.operations());
        }
    }

    private Grant password(Access access, Endpoint<?> endpoint, Credentials credentials, Grant refused)
            throws IOException {
        boolean expiredOnly =
                refused != Grant.NONE && !refused.isFresh(options.time().nanoTime());
        Grant grant = basic(credentials);
        if (grant != Grant.NONE && !expiredOnly && grant.sendsTheSameAs(refused)) {
            grant = basic(credentials(access, endpoint, credentials));
            if (grant.sendsTheSameAs(refused)) {
                throw unauthorized(access, 401, "the password is refused");
            }
        }
        if (grant == Grant.NONE) {
            throw unauthorized(access, 401, "no password is known for it");
        }
        return grant;
    }

    private Grant basic(Credentials credentials) {
        return credentials.isAnonymous() || credentials.hasIdentityToken()
                ? Grant.NONE
                : Grant.basic(credentials, options.time().nanoTime() + PASSWORD_LIFETIME.toNanos());
    }

    /** Asks who knows; for others than {@code refused}, unless that is null. */
    private Credentials credentials(Access access, Endpoint<?> endpoint, Credentials refused) throws IOException {
        Repository repository = access.repository();
        CredentialQuery query =
                new CredentialQuery(repository.host(), repository.name(), Origins.display(endpoint.url()));
        try {
            return refused == null
                    ? options.credentials().find(query)
                    : options.credentials().findOther(query, refused);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw unauthorized(access, 0, "the credentials cannot be read: " + e.getMessage());
        }
    }

    private RegistryException unauthorized(Access access, int status, String problem) {
        Repository repository = access.repository();
        Purpose purpose = new Purpose(
                "be let in", repository.registry(), options.credentials().name());
        return FailedAttempt.last(Kind.UNAUTHORIZED, status, problem).toException(purpose, 1);
    }

    /** Whether somebody said no; without a status nobody was asked. */
    static boolean isRefusal(RegistryException failure) {
        return failure.status() != 0 && (failure.kind() == Kind.UNAUTHORIZED || failure.kind() == Kind.FORBIDDEN);
    }
}
