package io.overlaybd.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import okhttp3.Challenge;
import okhttp3.Headers;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** Challenges as registries write them. */
class AuthSchemeTest {

    private static final Repository REPOSITORY = new Repository("https://registry.test", "team/app");

    private static AuthScheme parse(Access access, String... headers) throws FailedAttempt {
        Headers.Builder all = new Headers.Builder();
        for (String header : headers) {
            all.add("WWW-Authenticate", header);
        }
        List<Challenge> challenges = new Response.Builder()
                .request(new Request.Builder().url("https://registry.test").build())
                .protocol(Protocol.HTTP_1_1)
                .code(401)
                .message("")
                .headers(all.build())
                .build()
                .challenges();
        return AuthScheme.of(challenges, access);
    }

    private static AuthScheme.Bearer bearer(String header) throws FailedAttempt {
        return (AuthScheme.Bearer) parse(Access.pull(REPOSITORY), header);
    }

    @Test
    void usualChallengeIsRead() throws FailedAttempt {
        AuthScheme.Bearer scheme = bearer(
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/redis:pull\"");
        assertEquals("https://auth.docker.io/token", scheme.realm().toString());
        assertEquals("registry.docker.io", scheme.service());
        assertEquals(List.of("repository:library/redis:pull"), scheme.scopes());
    }

    @Test
    void caseSpacesAndOrderDoNotCount() throws FailedAttempt {
        AuthScheme.Bearer scheme = bearer("bearer  Scope=\"a:b:c\" ,  SERVICE=s ,Realm = \"https://a.test/t\"");
        assertEquals("https://a.test/t", scheme.realm().toString());
        assertEquals("s", scheme.service());
        assertEquals(List.of("a:b:c"), scheme.scopes());
    }

    @Test
    void quotedCommasAndQueriesStayWhole() throws FailedAttempt {
        AuthScheme.Bearer scheme =
                bearer("Bearer realm=\"https://a.test/t?x=1,2&y=%20\",scope=\"r:a/b:pull,push r:c:pull\"");
        assertEquals("https://a.test/t?x=1,2&y=%20", scheme.realm().toString());
        assertEquals(List.of("r:a/b:pull,push", "r:c:pull"), scheme.scopes());
        assertEquals(null, scheme.service());
    }

    @Test
    void absentScopeIsThatOfTheAccess() throws FailedAttempt {
        assertEquals(
                List.of("repository:team/app:pull"),
                bearer("Bearer realm=\"https://a.test/t\"").scopes());
    }

    @Test
    void pushAsksForMoreThanTheChallengeOfARead() throws FailedAttempt {
        Access access = new Access(REPOSITORY, true, "team/base");
        AuthScheme.Bearer scheme = (AuthScheme.Bearer)
                parse(access, "Bearer realm=\"https://a.test/t\",scope=\"repository:team/app:pull registry:x:y\"");
        assertEquals(
                List.of("registry:x:y", "repository:team/app:pull,push", "repository:team/base:pull"), scheme.scopes());
    }

    @Test
    void tokenIsPreferredToPassword() throws FailedAttempt {
        Access access = Access.pull(REPOSITORY);
        String bearer = "Bearer realm=\"https://a.test/t\"";
        assertEquals(parse(access, bearer), parse(access, "Basic realm=\"x\", " + bearer));
        assertEquals(parse(access, bearer), parse(access, "Negotiate", "Basic realm=\"x\"", bearer));
        assertEquals(new AuthScheme.Basic(), parse(access, "Negotiate", "BASIC realm=x"));
    }

    @Test
    void challengeThatCannotBeMetIsRefused() {
        for (String header : List.of(
                "Negotiate",
                "",
                "Bearer",
                "Bearer service=\"x\"",
                "Bearer realm=\"/token\"",
                "Bearer realm=\"https://user:pw@a.test/t\"",
                "Bearer realm=\"ftp://a.test/t\"")) {
            assertThrows(FailedAttempt.class, () -> bearer(header), header);
        }
    }
}
