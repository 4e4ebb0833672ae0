package io.overlaybd.registry;

import io.overlaybd.registry.RegistryException.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import okhttp3.Challenge;
import okhttp3.HttpUrl;

/** What a registry asks for before it lets anyone in, as its challenge says. Immutable. */
sealed interface AuthScheme {

    /** User and password with every request. */
    record Basic() implements AuthScheme {}

    /**
     * A token from a third party.
     *
     * @param realm where tokens are handed out
     * @param service what the registry calls itself there, null if it does not say
     * @param scopes what the token must be good for
     */
    record Bearer(HttpUrl realm, String service, List<String> scopes) implements AuthScheme {}

    /** Picks the best of the challenges: a token rather than a password. */
    static AuthScheme of(List<Challenge> challenges, Access access) throws FailedAttempt {
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equalsIgnoreCase("Bearer")) {
                return bearer(challenge, access);
            }
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equalsIgnoreCase("Basic")) {
                return new Basic();
            }
        }
        throw FailedAttempt.last(
                Kind.UNAUTHORIZED, 401, "it wants credentials but names neither Bearer nor Basic to show them");
    }

    private static Bearer bearer(Challenge challenge, Access access) throws FailedAttempt {
        String text = challenge.authParams().get("realm");
        HttpUrl realm = text == null ? null : HttpUrl.parse(text);
        if (realm == null || Origins.hasUserInfo(realm)) {
            throw FailedAttempt.last(Kind.PROTOCOL, 401, "a Bearer challenge whose realm is not a usable URL");
        }
        String asked = challenge.authParams().get("scope");
        return new Bearer(realm, challenge.authParams().get("service"), scopes(asked, access));
    }

    /**
     * What the challenge names is taken as it is, since registries differ. Added is what this access needs beyond it: all
     * if nothing was named; to push, also the right to push, as the first request of an upload only reads.
     */
    private static List<String> scopes(String asked, Access access) {
        Set<String> scopes = new LinkedHashSet<>();
        if (asked != null && !asked.isBlank()) {
            scopes.addAll(List.of(asked.strip().split("\\s+")));
        }
        if (scopes.isEmpty() || access.push()) {
            String ownPrefix = "repository:" + access.repository().name() + ":";
            scopes.removeIf(scope -> scope.startsWith(ownPrefix));
            scopes.addAll(List.of(access.scope().split(" ")));
        }
        return List.copyOf(scopes);
    }
}
