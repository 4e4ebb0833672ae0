package io.overlaybd.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.credential.Credentials;
import io.overlaybd.registry.manifest.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * Asks a realm for a token: by GET, anonymously or with user and password; by OAuth2 POST where an identity token is held.
 * Redirects are not followed: the secret is for the realm that the challenge named. Thread-safe.
 */
final class TokenService {

    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final long DEFAULT_LIFETIME_SECONDS = 60;
    private static final long LONGEST_LIFETIME_SECONDS = 24 * 3600;
    private static final long LONGEST_MARGIN_SECONDS = 30;
    private static final String CLIENT_ID = "overlaybd";
    private static final ObjectMapper JSON = Json.mapper();

    private final Transport transport;
    private final RegistryOptions options;
    private final Attempts attempts;
    private final LongAdder requests = new LongAdder();

    TokenService(Transport transport, RegistryOptions options, Attempts attempts) {
        this.transport = transport;
        this.options = options;
        this.attempts = attempts;
    }

    /**
     * A new token, after the retries that a failing realm deserves.
     *
     * @param operations what this ends with
     */
    Grant fetch(Access access, AuthScheme.Bearer scheme, Credentials credentials, Operations operations)
            throws IOException {
        Purpose purpose = new Purpose(
                "get a token for " + access.scope() + " at "
                        + access.repository().host(),
                scheme.realm(),
                options.credentials().name());
        return attempts.run(purpose, 0, operations, left -> fetchOnce(access, scheme, credentials, left, operations));
    }

    private Grant fetchOnce(
            Access access, AuthScheme.Bearer scheme, Credentials credentials, Duration left, Operations operations)
            throws IOException {
        checkEncryption(access, scheme, credentials);
        long askedNanos = options.time().nanoTime();
        requests.increment();
        try (Answer answer =
                transport.execute(request(scheme, credentials), scheme.realm(), Traffic.Kind.TOKEN, left, operations)) {
            if (answer.status() != 200) {
                throw FailedAttempt.ofAnswer(answer, options.time().now());
            }
            return grant(answer.readBody(MAX_ANSWER_BYTES), askedNanos);
        }
    }

    /** How many requests were sent. */
    long requests() {
        return requests.sum();
    }

    private void checkEncryption(Access access, AuthScheme.Bearer scheme, Credentials credentials)
            throws FailedAttempt {
        boolean downgrade = Origins.isDowngrade(access.repository().registry(), scheme.realm());
        if (downgrade && !credentials.isAnonymous() && !options.allowInsecureRedirects()) {
            throw FailedAttempt.last(
                    Kind.PROTOCOL, 0, "refused to send credentials without encryption, as the registry asks");
        }
    }

    private Request request(AuthScheme.Bearer scheme, Credentials credentials) {
        Request.Builder request = new Request.Builder()
                .header("User-Agent", options.userAgent())
                .header("Accept", "application/json")
                .header("Accept-Encoding", "identity");
        if (credentials.hasIdentityToken()) {
            return request.url(scheme.realm()).post(form(scheme, credentials)).build();
        }
        HttpUrl.Builder url = scheme.realm().newBuilder();
        if (scheme.service() != null) {
            url.addQueryParameter("service", scheme.service());
        }
        scheme.scopes().forEach(scope -> url.addQueryParameter("scope", scope));
        if (!credentials.isAnonymous()) {
            request.header("Authorization", credentials.basicHeader());
        }
        return request.url(url.build()).build();
    }

    private static FormBody form(AuthScheme.Bearer scheme, Credentials credentials) {
        FormBody.Builder form = new FormBody.Builder()
                .add("grant_type", "refresh_token")
                .add("client_id", CLIENT_ID)
                .add("scope", String.join(" ", scheme.scopes()))
                .add("refresh_token", credentials.identityToken());
        return (scheme.service() == null ? form : form.add("service", scheme.service())).build();
    }

    private static Grant grant(byte[] body, long askedNanos) throws FailedAttempt {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (IOException notJson) {
            // Its message may repeat the token.
            throw FailedAttempt.protocol("the token's answer is not JSON");
        }
        String token = json.path("token").asText("");
        token = token.isEmpty() ? json.path("access_token").asText("") : token;
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw FailedAttempt.protocol("the token's answer holds no usable token");
        }
        long lifetime = json.path("expires_in").asLong(DEFAULT_LIFETIME_SECONDS);
        lifetime = lifetime <= 0 ? DEFAULT_LIFETIME_SECONDS : Math.min(lifetime, LONGEST_LIFETIME_SECONDS);
        long margin = Math.min(LONGEST_MARGIN_SECONDS, lifetime / 5);
        return Grant.bearer(
                token, askedNanos + Duration.ofSeconds(lifetime - margin).toNanos());
    }
}
